package io.voice2face.gateway.api;

import java.util.Optional;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

import io.smallrye.mutiny.Uni;
import io.voice2face.gateway.api.view.UserView;
import io.voice2face.gateway.config.GatewayConfig;
import io.voice2face.gateway.persistence.AccountRow;
import io.voice2face.gateway.security.Tokens;
import io.voice2face.gateway.service.AccountService;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Log-in. */
@Path("/api/v1/tokens")
@Tag(name = "Tokens", description = "Log-in, guests, log-out.")
public class TokensResource {
    /** Cookie of the web page's session. */
    public static final String SESSION = "v2f_session";
    /** Header by which the web page says who it is; a foreign page cannot send it. */
    public static final String CLIENT = "X-V2F-Client";

    private static final String WEB = "web";

    private final AccountService accounts;
    private final Tokens tokens;
    private final GatewayConfig.Tokens settings;
    private final ClientAddress address;
    private final ObjectMapper json;

    TokensResource(
            AccountService accounts, Tokens tokens, GatewayConfig config, ClientAddress address, ObjectMapper json) {
        this.accounts = accounts;
        this.tokens = tokens;
        this.settings = config.tokens();
        this.address = address;
        this.json = json;
    }

    /** E-mail and password. */
    @Schema(name = "Credentials")
    public record Credentials(
            @NotBlank(message = "must be given")
                    @Size(max = 254, message = "is too long")
                    @Schema(examples = "someone@example.org")
                    String email,
            @NotBlank(message = "must be given")
                    @Size(max = 200, message = "is too long")
                    @Schema(examples = "correct horse battery")
                    String password) {}

    /** Terms that a guest agrees to. */
    @Schema(name = "GuestWish")
    public record GuestWish(Optional<Consent> consent) {}

    /** Terms that are agreed to. */
    @Schema(name = "Consent")
    public record Consent(@NotBlank(message = "must be given") @Schema(examples = "2026-11") String version) {}

    /** A token; for the web page the account instead, with the token in a cookie that scripts cannot read. */
    @Schema(name = "Token")
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record TokenView(
            @Schema(description = "JWT; left out where it is in the cookie") Optional<String> accessToken,
            Optional<String> tokenType,
            @Schema(description = "seconds") long expiresIn,
            @Schema(description = "only for the web page") Optional<UserView> user) {}

    @POST
    @Operation(
            operationId = "logIn",
            summary = "Log in",
            description = "With `X-V2F-Client: web` the token is set as a cookie.")
    @APIResponse(
            responseCode = "200",
            description = "logged in",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = TokenView.class)))
    @APIResponse(responseCode = "429", description = "too many attempts; see Retry-After")
    public Uni<Response> logIn(@NotNull @Valid Credentials credentials, @HeaderParam(CLIENT) Optional<String> client) {
        return accounts.logIn(credentials.email(), credentials.password(), address.text())
                .chain(account -> answer(account, client));
    }

    @POST
    @Path("/guest")
    @Consumes(MediaType.WILDCARD)
    @Operation(
            operationId = "enterAsGuest",
            summary = "Try without an account",
            description = "Opens a guest account; sign up later to keep it.")
    @RequestBody(
            description = "may be left out",
            required = false,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = GuestWish.class)))
    @APIResponse(
            responseCode = "200",
            description = "a guest",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = TokenView.class)))
    public Uni<Response> guest(String body, @HeaderParam(CLIENT) Optional<String> client)
            throws JsonProcessingException {
        Optional<String> consent = body == null || body.isBlank()
                ? Optional.empty()
                : json.readValue(body, GuestWish.class).consent().map(Consent::version);
        return accounts.guest(consent, address.text()).chain(account -> answer(account, client));
    }

    @DELETE
    @Path("/current")
    @Operation(operationId = "logOut", summary = "Log out of the web page", description = "Clears the cookie.")
    @APIResponse(responseCode = "204", description = "logged out")
    public Response logOut() {
        return Response.noContent().cookie(cookie("", 0)).build();
    }

    private Uni<Response> answer(AccountRow account, Optional<String> client) {
        Tokens.Issued issued = tokens.issue(account);
        long seconds = issued.life().toSeconds();
        if (client.filter(WEB::equals).isPresent()) {
            return accounts.view(account).map(user -> Response.ok(
                            new TokenView(Optional.empty(), Optional.empty(), seconds, Optional.of(user)))
                    .header("Cache-Control", "no-store")
                    .cookie(cookie(issued.token(), (int) seconds))
                    .build());
        }
        return Uni.createFrom()
                .item(Response.ok(new TokenView(
                                Optional.of(issued.token()), Optional.of("Bearer"), seconds, Optional.empty()))
                        .header("Cache-Control", "no-store")
                        .build());
    }

    private NewCookie cookie(String value, int seconds) {
        return new NewCookie.Builder(SESSION)
                .value(value)
                .path("/")
                .maxAge(seconds)
                .httpOnly(true)
                .secure(settings.secureCookie())
                .sameSite(NewCookie.SameSite.STRICT)
                .build();
    }
}
