package io.voice2face.gateway.api;

import java.util.List;
import java.util.Map;
import java.util.Set;

import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

/** Adds to the OpenAPI document what is the same for every operation: who may call it, and how it says no. */
public class ApiDescription implements OASFilter {
    private static final String BEARER = "bearer";
    private static final String SESSION = "session";
    private static final String PROBLEM = "Problem";
    private static final Set<String> OPEN = Set.of(
            "/api/v1/config",
            "/api/v1/templates",
            "/api/v1/tokens",
            "/api/v1/tokens/guest",
            "/api/v1/tokens/current",
            "/api/v1/users");

    @Override
    public void filterOpenAPI(OpenAPI document) {
        if (document.getComponents() == null) {
            document.setComponents(OASFactory.createComponents());
        }
        document.getComponents()
                .addSecurityScheme(
                        BEARER,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme("bearer")
                                .bearerFormat("JWT")
                                .description("Token of POST /api/v1/tokens or /api/v1/tokens/guest"))
                .addSecurityScheme(
                        SESSION,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.APIKEY)
                                .in(SecurityScheme.In.COOKIE)
                                .name(TokensResource.SESSION)
                                .description("The web page's session; unsafe methods need X-V2F-Client: web as well"))
                .addSchema(PROBLEM, problem());
        document.getPaths().getPathItems().forEach(ApiDescription::complete);
    }

    private static void complete(String path, PathItem item) {
        item.getOperations().forEach((method, operation) -> {
            boolean open =
                    OPEN.contains(path) || path.startsWith("/api/v1/templates/") || path.startsWith("/api/v1/shared/");
            if (!open) {
                operation.addSecurityRequirement(
                        OASFactory.createSecurityRequirement().addScheme(BEARER));
                operation.addSecurityRequirement(
                        OASFactory.createSecurityRequirement().addScheme(SESSION));
                add(operation, "401", "no token, or one that is good for nothing", "unauthorized");
            }
            if (path.contains("{")) {
                add(operation, "404", "there is no such thing, or it is another person's", "not_found");
            }
            if (operation.getRequestBody() != null) {
                add(operation, "400", "something is not as it must be; `errors` says what", "invalid_input");
            }
            if (path.startsWith("/api/v1/admin")) {
                add(operation, "403", "not an operator", "forbidden");
            }
            if (path.equals("/api/v1/requests") && method == PathItem.HttpMethod.POST) {
                add(operation, "413", "larger than what is taken in", "too_large");
                add(operation, "422", "the Idempotency-Key was used for something else", "idempotency_key_reused");
                add(operation, "429", "quota reached; `limit` and `used` say the numbers", "quota_exceeded");
            }
            add(operation, "503", "maintenance, or a part does not answer; see Retry-After", "maintenance");
        });
    }

    private static void add(Operation operation, String status, String description, String reason) {
        if (operation.getResponses() == null) {
            operation.setResponses(OASFactory.createAPIResponses());
        }
        APIResponse known = operation.getResponses().getAPIResponse(status);
        if (known != null && known.getContent() != null) {
            return;
        }
        operation
                .getResponses()
                .addAPIResponse(
                        status,
                        OASFactory.createAPIResponse()
                                .description(description)
                                .content(OASFactory.createContent()
                                        .addMediaType(
                                                ProblemMapping.MEDIA_TYPE,
                                                OASFactory.createMediaType()
                                                        .schema(OASFactory.createSchema()
                                                                .ref("#/components/schemas/" + PROBLEM))
                                                        .example(Map.of(
                                                                "type",
                                                                ProblemMapping.TYPE_BASE + reason,
                                                                "title",
                                                                ProblemMapping.title(reason),
                                                                "status",
                                                                Integer.parseInt(status),
                                                                "detail",
                                                                description,
                                                                "reason",
                                                                reason)))));
    }

    private static Schema problem() {
        Schema error = OASFactory.createSchema()
                .addType(Schema.SchemaType.OBJECT)
                .addProperty("field", text("form field, header or JSON path"))
                .addProperty("reason", text("code that a program can branch on"))
                .addProperty("detail", text("sentence for the person"));
        return OASFactory.createSchema()
                .addType(Schema.SchemaType.OBJECT)
                .description("RFC 9457; some reasons add members, for example limit and used")
                .addProperty("type", text("stable URI: " + ProblemMapping.TYPE_BASE + "<reason>"))
                .addProperty("title", text("the reason in words"))
                .addProperty("status", OASFactory.createSchema().addType(Schema.SchemaType.INTEGER))
                .addProperty("detail", text("sentence for the person"))
                .addProperty("reason", text("code that a program can branch on"))
                .addProperty(
                        "errors",
                        OASFactory.createSchema()
                                .addType(Schema.SchemaType.ARRAY)
                                .items(error))
                .required(List.of("type", "title", "status", "detail", "reason"));
    }

    private static Schema text(String description) {
        return OASFactory.createSchema().addType(Schema.SchemaType.STRING).description(description);
    }
}
