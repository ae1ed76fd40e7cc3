package io.voice2face.gateway.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The gateway's settings, all under {@code v2f.}. */
@ConfigMapping(prefix = "v2f")
public interface GatewayConfig {
    /** Token that services show one another. */
    Optional<String> serviceToken();

    /** Folder for uploads and exports under way, and for the templates' files. */
    Path workFolder();

    /** Where storage-service is. */
    Storage storage();

    /** What is let in. */
    Limits limits();

    /** Access tokens and log-in. */
    Tokens tokens();

    /** Another issuer whose tokens are taken as well. */
    Oidc oidc();

    /** Progress streams. */
    Events events();

    /** Sending of events. */
    Outbox outbox();

    /** Calls to the clients' own addresses. */
    Webhooks webhooks();

    /** How long rows are kept that are no person's data. */
    Housekeeping housekeeping();

    /** The operator's account and switches. */
    Admin admin();

    /** Consent text. */
    Consent consent();

    /** storage-service. */
    interface Storage {
        /** Base URL of storage-service. */
        @WithDefault("http://localhost:8083")
        URI url();
    }

    /** Limits. */
    interface Limits {
        /** Largest recording in bytes. */
        @WithDefault("26214400")
        long voiceBytes();

        /** Longest recording in seconds; checked by voice2face-service, told to clients here. */
        @WithDefault("120")
        int voiceSeconds();

        /** Largest own target in bytes. */
        @WithDefault("209715200")
        long targetBytes();

        /** Longest own target in seconds; checked by faceswap-service, told to clients here. */
        @WithDefault("60")
        int targetSeconds();

        /** Requests that a person may have that are unfinished or succeeded. */
        @WithDefault("10")
        int quota();

        /** Attempts at one request. */
        @WithDefault("20")
        int attempts();

        /** Webhooks of one person. */
        @WithDefault("5")
        int webhooks();

        /** Open share links of one result. */
        @WithDefault("20")
        int shareLinks();

        /** Uploads that are taken in at the same time by one instance; more get 503. */
        @WithDefault("64")
        int concurrentUploads();

        /** Guest accounts that one address may open in an hour. */
        @WithDefault("60")
        int guestsPerHour();

        /** Accounts that one address may ask for in an hour. */
        @WithDefault("30")
        int signUpsPerHour();

        /** Longest time that an upload may take from its first byte to its last. */
        @WithDefault("PT15M")
        Duration uploadTime();
    }

    /** Access tokens. */
    interface Tokens {
        /** Folder with the signing keys; made, with a first key pair, where it is missing. Mounted in production. */
        @WithDefault(".v2f/keys")
        Path keysFolder();

        /** Time between two looks at the folder for keys that were added or removed. */
        @WithDefault("10s")
        String keysReload();

        /** Issuer written into and expected in tokens. */
        @WithDefault("https://voice2face.example")
        String issuer();

        /** Life of a token. */
        @WithDefault("PT12H")
        Duration life();

        /** Life of a guest's token: a guest who loses it loses the account. */
        @WithDefault("P30D")
        Duration guestLife();

        /**
         * Failed log-ins for an e-mail from one address, after which that has to wait; ten times as many for an e-mail from
         * anywhere, and from one address for any e-mail.
         */
        @WithDefault("10")
        int throttleFailures();

        /** Time in which failures are counted, and for which log-in is then refused. */
        @WithDefault("PT15M")
        Duration throttleWindow();

        /** bcrypt cost. */
        @WithDefault("11")
        int bcryptCost();

        /** Marks the session cookie Secure; off only for plain-HTTP local runs. */
        @WithDefault("false")
        boolean secureCookie();
    }

    /** An OpenID Connect issuer; off where no issuer is named. */
    interface Oidc {
        /** Issuer, as its tokens name it in {@code iss}. */
        Optional<String> issuer();

        /** Where its public keys are (JWKS); what its discovery document says where this is left out. */
        Optional<URI> jwks();

        /** Value that {@code aud} of its tokens must have among others. */
        @WithDefault("voice2face")
        String audience();
    }

    /** Progress streams. */
    interface Events {
        /** Time between heartbeats. */
        @WithDefault("PT15S")
        Duration heartbeat();

        /** Rows read at once for a stream. */
        @WithDefault("200")
        int batch();

        /** Progress rows older than this are deleted; states stay with their request. */
        @WithDefault("PT1H")
        Duration keepProgress();
    }

    /** Outbox. */
    interface Outbox {
        /** Rows claimed at once. */
        @WithDefault("50")
        int batch();

        /** Time for which a claim holds; a row of an instance that died is free again after it. */
        @WithDefault("PT30S")
        Duration claim();

        /** Longest wait between attempts while the broker is away. */
        @WithDefault("PT5S")
        Duration maxBackOff();
    }

    /** Webhooks. */
    interface Webhooks {
        /** Allows http and private addresses: for the local run and tests, never for production. */
        @WithDefault("false")
        boolean allowPrivate();

        /** Attempts before a delivery is given up. */
        @WithDefault("8")
        int attempts();

        /** Wait after the first failure; doubles with each further one. */
        @WithDefault("PT5S")
        Duration backOff();

        /** Time for one call. */
        @WithDefault("PT10S")
        Duration timeout();
    }

    /** Housekeeping. */
    interface Housekeeping {
        /** Ids of processed events are forgotten after this; must be longer than the topics' retention. */
        @WithDefault("P14D")
        Duration processedEvents();

        /** Idempotency keys are forgotten after this. */
        @WithDefault("P2D")
        Duration idempotencyKeys();

        /** Guests without requests are deleted after this. */
        @WithDefault("P31D")
        Duration idleGuests();

        /** A job that nothing was heard of for this long has failed. */
        @WithDefault("PT2H")
        Duration stalledJobs();
    }

    /** The operator. */
    interface Admin {
        /** E-mail of the operator's account, made at start where both are set. */
        Optional<String> email();

        /** Password of the operator's account. */
        Optional<String> password();

        /** Starts in maintenance. */
        @WithDefault("false")
        boolean maintenance();

        /** Value of Retry-After while in maintenance. */
        @WithDefault("PT10M")
        Duration retryAfter();

        /** Records of a dead-letter topic that are looked at, newest. */
        @WithDefault("500")
        int deadLetters();
    }

    /** Consent. */
    interface Consent {
        /** Version of the privacy terms that a new account agrees to. */
        @WithDefault("2026-11")
        String version();

        /** Languages of the page. */
        @WithDefault("en,ko")
        List<String> languages();
    }
}
