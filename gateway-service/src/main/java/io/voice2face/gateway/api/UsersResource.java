package io.voice2face.gateway.api;

import java.util.Optional;
import java.util.OptionalInt;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

import io.smallrye.mutiny.Uni;
import io.voice2face.contracts.event.Gender;
import io.voice2face.gateway.api.view.UserView;
import io.voice2face.gateway.config.GatewayConfig;
import io.voice2face.gateway.security.Caller;
import io.voice2face.gateway.service.AccountService;
import io.voice2face.gateway.service.Passwords;

/** Accounts. */
@Path("/api/v1/users")
@Tag(name = "Users", description = "The caller's own account.")
public class UsersResource {
    private final AccountService accounts;
    private final Caller caller;
    private final ClientAddress address;
    private final GatewayConfig config;

    UsersResource(AccountService accounts, Caller caller, ClientAddress address, GatewayConfig config) {
        this.accounts = accounts;
        this.caller = caller;
        this.address = address;
        this.config = config;
    }

    /** A new account. */
    @Schema(name = "SignUp")
    public record SignUp(
            @NotBlank(message = "must be given")
                    @Email(message = "is not an e-mail address")
                    @Size(max = 254, message = "is too long")
                    @Schema(examples = "someone@example.org")
                    String email,
            @NotBlank(message = "must be given")
                    @Schema(minLength = Passwords.SHORTEST, examples = "correct horse battery")
                    String password,
            @Schema(minimum = "18", maximum = "100") OptionalInt age,
            Optional<Gender> gender,
            @NotNull(message = "must be given") @Valid TokensResource.Consent consent) {}

    /** Changes of a profile. */
    @Schema(name = "ProfileChange", description = "What is left out stays as it is.")
    public record ProfileChange(@Schema(minimum = "18", maximum = "100") OptionalInt age, Optional<Gender> gender) {}

    /** A new password. */
    @Schema(name = "PasswordChange")
    public record PasswordChange(
            @NotBlank(message = "must be given") @Size(max = 200, message = "is too long") String currentPassword,
            @NotBlank(message = "must be given") @Schema(minLength = Passwords.SHORTEST) String newPassword) {}

    @POST
    @Operation(
            operationId = "signUp",
            summary = "Sign up",
            description =
                    """
                    With a guest's token the guest becomes the account, with its requests. The answer is the same whether \
                    or not the e-mail has an account already, so that nobody can find out who has one: log in next. Where \
                    the e-mail was taken by someone else, the log-in says that e-mail or password is wrong, and a guest \
                    stays a guest.""")
    @APIResponse(responseCode = "202", description = "taken in; log in")
    @APIResponse(responseCode = "429", description = "too many attempts; see Retry-After")
    public Uni<Response> signUp(@NotNull @Valid SignUp wish) {
        requirePassword("password", wish.password());
        requireAge(wish.age());
        if (!wish.consent().version().equals(config.consent().version())) {
            throw ApiProblem.invalid(
                    "consent.version",
                    "outdated",
                    "The terms to agree to are version " + config.consent().version() + ".");
        }
        String from = address.text();
        return caller.accountIfAny()
                .chain(guest -> accounts.signUp(
                        new AccountService.SignUp(
                                wish.email(),
                                wish.password(),
                                wish.age(),
                                wish.gender(),
                                wish.consent().version()),
                        guest,
                        from))
                .map(done -> Response.accepted().build());
    }

    @GET
    @Revalidated
    @Path("/me")
    @Operation(operationId = "getMe", summary = "The caller's account")
    public Uni<UserView> me() {
        return caller.account().chain(accounts::view);
    }

    @PATCH
    @Path("/me")
    @Operation(operationId = "changeMe", summary = "Change the profile")
    public Uni<UserView> change(@NotNull @Valid ProfileChange change) {
        requireAge(change.age());
        return caller.account()
                .chain(account ->
                        accounts.change(account.id, new AccountService.ProfileChange(change.age(), change.gender())))
                .chain(accounts::view);
    }

    @POST
    @Path("/me/password")
    @Operation(
            operationId = "changePassword",
            summary = "Change the password",
            description = "Every token given out before stops to work.")
    @APIResponse(responseCode = "204", description = "changed")
    @APIResponse(responseCode = "429", description = "too many attempts; see Retry-After")
    public Uni<Void> changePassword(@NotNull @Valid PasswordChange change) {
        requirePassword("newPassword", change.newPassword());
        String from = address.text();
        return caller.account()
                .chain(account ->
                        accounts.changePassword(account, change.currentPassword(), change.newPassword(), from))
                .replaceWithVoid();
    }

    @DELETE
    @Path("/me")
    @Operation(
            operationId = "deleteMe",
            summary = "Delete the account",
            description = "Erases voices, faces, clips and everything else of the person.")
    public Uni<Void> delete() {
        return caller.account().chain(account -> accounts.delete(account.id));
    }

    private static void requirePassword(String field, String password) {
        if (!Passwords.isAcceptable(password)) {
            throw ApiProblem.invalid(
                    field,
                    "out_of_range",
                    "A password has at least %d characters and at most %d bytes."
                            .formatted(Passwords.SHORTEST, Passwords.LONGEST_BYTES));
        }
    }

    private static void requireAge(OptionalInt age) {
        if (age.isPresent() && (age.getAsInt() < 18 || age.getAsInt() > 100)) {
            throw ApiProblem.invalid("age", "out_of_range", "The age must be from 18 to 100.");
        }
    }
}
