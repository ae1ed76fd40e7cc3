package io.voice2face.gateway.api;

import java.util.List;
import java.util.Map;
import java.util.Set;

import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.media.MediaType;
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

    /** What an operation refuses beside what all refuse. */
    private static final Map<String, List<Refusal>> REFUSALS = Map.ofEntries(
            Map.entry("signUp", List.of(new Refusal(409, "already_signed_up", "the token is an account's already"))),
            Map.entry("logIn", List.of(new Refusal(401, "wrong_credentials", "e-mail or password is wrong"))),
            Map.entry(
                    "changePassword",
                    List.of(
                            new Refusal(403, "wrong_password", "the current password is wrong"),
                            new Refusal(409, "guest_has_no_password", "a guest has no password"))),
            Map.entry(
                    "listRequests", List.of(new Refusal(400, "invalid_input", "limit or cursor is not as it must be"))),
            Map.entry(
                    "cancelRequest", List.of(new Refusal(409, "already_finished", "the request has come to its end"))),
            Map.entry(
                    "addResult",
                    List.of(
                            new Refusal(
                                    409,
                                    "still_running",
                                    "the latest attempt has not come to its end, or `no_more_attempts`"),
                            new Refusal(410, "media_gone", "the recording is no longer kept"),
                            new Refusal(422, "idempotency_key_reused", "the key was used for something else"),
                            new Refusal(429, "quota_exceeded", "quota reached; `limit` and `used` say the numbers"))),
            Map.entry("rateVariant", List.of(new Refusal(409, "nothing_to_rate", "there is no face yet"))),
            Map.entry("answerSurvey", List.of(new Refusal(409, "nothing_to_judge", "the result is not there yet"))),
            Map.entry("shareResult", List.of(new Refusal(409, "nothing_to_share", "the result is not there yet"))),
            Map.entry("addWebhook", List.of(new Refusal(409, "too_many_webhooks", "there are too many webhooks"))),
            Map.entry("getVoice", List.of(new Refusal(410, "media_gone", "the medium is no longer kept"))),
            Map.entry("getTarget", List.of(new Refusal(410, "media_gone", "the medium is no longer kept"))),
            Map.entry("getMedia", List.of(new Refusal(410, "media_gone", "the medium is no longer kept"))),
            Map.entry("getSharedMedia", List.of(new Refusal(410, "media_gone", "the medium is no longer kept"))),
            Map.entry(
                    "submitRequest",
                    List.of(
                            new Refusal(408, "upload_too_slow", "the upload has taken longer than an upload may"),
                            new Refusal(413, "too_large", "larger than what is taken in"),
                            new Refusal(
                                    422, "idempotency_key_reused", "the Idempotency-Key was used for something else"),
                            new Refusal(429, "quota_exceeded", "quota reached; `limit` and `used` say the numbers"))));

    private static final Set<String> REVALIDATED =
            Set.of("listRequests", "getRequest", "getResult", "getMe", "listTemplates", "getConfig");
    private static final Set<String> MAY_BE_NULL =
            Set.of("Progress.variant", "Survey.contactKind", "SurveyAnswers.contactKind");

    private record Refusal(int status, String reason, String description) {}

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
        document.getComponents().getSchemas().forEach(ApiDescription::allowNull);
        OpenApiExamples examples = OpenApiExamples.load();
        document.getPaths().getPathItems().forEach((path, item) -> item.getOperations()
                .forEach((method, operation) -> examples.addTo(method + " " + path, operation)));
    }

    /** The scanner writes a reference that may be null with the shape of what it refers to beside it, or without null. */
    private static void allowNull(String name, Schema schema) {
        if (schema.getProperties() == null) {
            return;
        }
        schema.getProperties().forEach((field, property) -> {
            boolean typedNull = property.getType() != null && property.getType().contains(Schema.SchemaType.NULL);
            if (property.getRef() != null && (typedNull || MAY_BE_NULL.contains(name + "." + field))) {
                property.setAnyOf(List.of(
                        OASFactory.createSchema().ref(property.getRef()),
                        OASFactory.createSchema().addType(Schema.SchemaType.NULL)));
                property.setRef(null);
                property.setType(null);
                property.setEnumeration(null);
            } else if (property.getAnyOf() != null) {
                property.setType(null);
            }
        });
    }

    private static void complete(String path, PathItem item) {
        item.getOperations().forEach((method, operation) -> {
            if (operation.getRequestBody() != null) {
                operation.getRequestBody().getContent().getMediaTypes().values().stream()
                        .map(MediaType::getSchema)
                        .filter(schema -> schema.getRef() != null)
                        .forEach(schema -> schema.properties(null).type(null));
            }
            boolean open =
                    OPEN.contains(path) || path.startsWith("/api/v1/templates/") || path.startsWith("/api/v1/shared/");
            if ("signUp".equals(operation.getOperationId())) {
                // a guest's token is welcome, and none is needed
                operation.addSecurityRequirement(OASFactory.createSecurityRequirement());
                operation.addSecurityRequirement(
                        OASFactory.createSecurityRequirement().addScheme(BEARER));
                operation.addSecurityRequirement(
                        OASFactory.createSecurityRequirement().addScheme(SESSION));
            }
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
            REFUSALS.getOrDefault(operation.getOperationId(), List.of())
                    .forEach(refusal -> add(
                            operation, Integer.toString(refusal.status()), refusal.description(), refusal.reason()));
            if (operation.getResponses().hasAPIResponse("429")) {
                add(operation, "429", "too many attempts; see Retry-After", "too_many_attempts");
            }
            if (REVALIDATED.contains(operation.getOperationId())) {
                operation
                        .getResponses()
                        .addAPIResponse(
                                "304",
                                OASFactory.createAPIResponse()
                                        .description("unchanged since the ETag in If-None-Match"));
            }
            if (operation.getParameters() != null) {
                operation.getParameters().stream()
                        .filter(parameter -> parameter.getName().equals("variant"))
                        .forEach(parameter -> parameter.getSchema().enumeration(List.of("voice", "condition")));
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
