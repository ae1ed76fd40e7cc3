package io.voice2face.gateway.api;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jboss.resteasy.reactive.multipart.FileUpload;

import io.voice2face.contracts.event.Gender;
import io.voice2face.gateway.config.GatewayConfig;
import io.voice2face.gateway.service.Submission;
import io.voice2face.gateway.service.Templates;

/** Checks the parts of a multipart form one by one and tells all that is wrong at once. */
final class SubmissionForm {
    private static final int YOUNGEST = 18;
    private static final int OLDEST = 100;
    private static final int LONGEST_KEY = 200;

    private final GatewayConfig.Limits limits;
    private final Templates templates;
    private final List<ApiProblem.FieldError> errors = new ArrayList<>();

    SubmissionForm(GatewayConfig.Limits limits, Templates templates) {
        this.limits = limits;
        this.templates = templates;
    }

    /** The form, for the OpenAPI document. */
    @Schema(name = "NewRequest")
    record Description(
            @Schema(
                            type = SchemaType.STRING,
                            format = "binary",
                            required = true,
                            description = "recording: wav, mp3, m4a, ogg, webm")
                    byte[] voice,
            @Schema(minimum = "18", maximum = "100", required = true, examples = "30") int age,
            @Schema(
                            required = true,
                            enumeration = {"female", "male"},
                            examples = "female")
                    String gender,
            @Schema(description = "id of a template; this or target", examples = "studio-woman") String template,
            @Schema(
                            type = SchemaType.STRING,
                            format = "binary",
                            description = "own jpg, png, webp, GIF or mp4; this or template")
                    byte[] target,
            @Schema(minimum = "1", maximum = "10", description = "Monk scale; left out: the identity decides")
                    Integer skinTone,
            @Schema(defaultValue = "false", description = "make a short GIF beside the clip of a video")
                    Boolean gifPreview) {}

    /** Text parts as they came; each may come once. */
    record Parts(
            List<FileUpload> files,
            List<String> age,
            List<String> gender,
            List<String> skinTone,
            List<String> gifPreview,
            List<String> template) {}

    Submission check(Parts parts, Optional<String> idempotencyKey) {
        Optional<FileUpload> voice = file("voice", parts.files(), limits.voiceBytes());
        Optional<FileUpload> target = file("target", parts.files(), limits.targetBytes());
        if (voice.isEmpty() && errors.isEmpty()) {
            error("voice", "required", "A recording must be sent.");
        }
        int age = age(one("age", parts.age()));
        Gender gender = gender(one("gender", parts.gender()));
        OptionalInt skinTone = skinTone(one("skinTone", parts.skinTone()));
        boolean gifPreview = gifPreview(one("gifPreview", parts.gifPreview()));
        Optional<Submission.WantedTarget> wanted = target(one("template", parts.template()), target);
        idempotencyKey.flatMap(SubmissionForm::wrongKey).ifPresent(errors::add);
        if (!errors.isEmpty()) {
            throw ApiProblem.invalid(errors);
        }
        return new Submission(
                path(voice.orElseThrow()), age, gender, skinTone, gifPreview, wanted.orElseThrow(), idempotencyKey);
    }

    private Optional<FileUpload> file(String name, List<FileUpload> files, long limit) {
        List<FileUpload> named =
                files.stream().filter(file -> name.equals(file.name())).toList();
        if (named.isEmpty()) {
            return Optional.empty();
        }
        if (named.size() > 1) {
            error(name, "repeated", "Only one " + name + " may be sent.");
            return Optional.empty();
        }
        FileUpload file = named.get(0);
        if (file.size() > limit) {
            throw ApiProblem.tooLarge(name, limit);
        }
        if (file.size() == 0) {
            error(name, "empty", "The " + name + " is empty.");
            return Optional.empty();
        }
        return Optional.of(file);
    }

    private Optional<String> one(String name, List<String> values) {
        List<String> given = values == null ? List.of() : values;
        if (given.size() > 1) {
            error(name, "repeated", "Only one " + name + " may be sent.");
        }
        return given.stream().findFirst().map(String::strip).filter(value -> !value.isEmpty());
    }

    private int age(Optional<String> text) {
        OptionalInt age = number(text);
        if (age.isEmpty() || age.getAsInt() < YOUNGEST || age.getAsInt() > OLDEST) {
            error("age", text.isEmpty() ? "required" : "out_of_range", "The age must be a number from 18 to 100.");
            return YOUNGEST;
        }
        return age.getAsInt();
    }

    private Gender gender(Optional<String> text) {
        return switch (text.orElse("")) {
            case "female" -> Gender.FEMALE;
            case "male" -> Gender.MALE;
            default -> {
                error("gender", text.isEmpty() ? "required" : "invalid", "The gender must be female or male.");
                yield Gender.FEMALE;
            }
        };
    }

    private OptionalInt skinTone(Optional<String> text) {
        if (text.isEmpty()) {
            return OptionalInt.empty();
        }
        OptionalInt tone = number(text);
        if (tone.isEmpty() || tone.getAsInt() < 1 || tone.getAsInt() > 10) {
            error("skinTone", "out_of_range", "The skin tone must be a number from 1 to 10.");
        }
        return tone;
    }

    private boolean gifPreview(Optional<String> text) {
        return switch (text.orElse("false")) {
            case "true" -> true;
            case "false" -> false;
            default -> {
                error("gifPreview", "invalid", "The GIF preview must be true or false.");
                yield false;
            }
        };
    }

    private Optional<Submission.WantedTarget> target(Optional<String> template, Optional<FileUpload> own) {
        if (template.isPresent() == own.isPresent()) {
            error(
                    "template",
                    template.isPresent() ? "ambiguous" : "required",
                    "Send either a template's id or a target.");
            return Optional.empty();
        }
        if (own.isPresent()) {
            return Optional.of(new Submission.WantedTarget.Own(path(own.get())));
        }
        if (templates.clip(template.get()).isEmpty()) {
            error("template", "unknown_template", "There is no such template.");
        }
        return Optional.of(new Submission.WantedTarget.BuiltIn(template.get()));
    }

    /** What is wrong with an Idempotency-Key. */
    static Optional<ApiProblem.FieldError> wrongKey(String key) {
        boolean right =
                !key.isBlank() && key.length() <= LONGEST_KEY && key.chars().allMatch(c -> c > 0x20 && c < 0x7F);
        return right
                ? Optional.empty()
                : Optional.of(new ApiProblem.FieldError(
                        "Idempotency-Key", "invalid", "A key has 1 to 200 printable ASCII characters."));
    }

    private static OptionalInt number(Optional<String> text) {
        return text.filter(value -> value.matches("[0-9]{1,4}"))
                .map(value -> OptionalInt.of(Integer.parseInt(value)))
                .orElseGet(OptionalInt::empty);
    }

    /** Name that the server gave the spooled file; the client's own name is never used. */
    private static Path path(FileUpload file) {
        return file.uploadedFile();
    }

    private void error(String field, String reason, String detail) {
        errors.add(new ApiProblem.FieldError(field, reason, detail));
    }
}
