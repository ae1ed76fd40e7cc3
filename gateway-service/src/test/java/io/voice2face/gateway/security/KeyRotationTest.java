package io.voice2face.gateway.security;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.voice2face.gateway.Ready;
import io.voice2face.gateway.mesh.Client;
import io.voice2face.gateway.mesh.Mesh;
import io.voice2face.gateway.mesh.MeshServers;

import static org.assertj.core.api.Assertions.assertThat;

@QuarkusTest
@QuarkusTestResource(MeshServers.class)
class KeyRotationTest {
    Mesh mesh;

    @BeforeEach
    void ready() {
        Ready.await();
    }

    @Test
    void tokensLiveAsLongAsTheirKeyAndNewOnesHaveTheNewKey() throws Exception {
        Client before = Client.guest();
        String oldKey = keyOf(before);
        Path added = mesh.folder().resolve("keys").resolve("zz-second.pem");
        try {
            Files.writeString(added, newKey());
            Awaitility.await("tokens with the new key")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> keyOf(Client.guest()).equals("zz-second"));
            Client after = Client.guest();
            after.call().get("/api/v1/users/me").then().statusCode(200);
            before.call().get("/api/v1/users/me").then().statusCode(200);

            Files.delete(added);
            Awaitility.await("the end of the removed key's tokens")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> after.call().get("/api/v1/users/me").statusCode() == 401);
            before.call().get("/api/v1/users/me").then().statusCode(200);
            assertThat(keyOf(Client.guest())).isEqualTo(oldKey);
        } finally {
            Files.deleteIfExists(added);
        }
    }

    @Test
    void aFileThatIsNoKeyLeavesTheKnownKeysInPlace() throws Exception {
        Client person = Client.guest();
        Path broken = mesh.folder().resolve("keys").resolve("zz-broken.pem");
        Path later = mesh.folder().resolve("keys").resolve("zz-later.pem");
        try {
            Files.writeString(broken, "-----BEGIN PRIVATE KEY-----\nnot a key\n-----END PRIVATE KEY-----\n");
            Files.writeString(later, newKey());
            person.call().get("/api/v1/users/me").then().statusCode(200);
            Files.delete(broken);
            // the folder was looked at in between, or is now: either way nobody was locked out
            Awaitility.await("the key beside it").atMost(Duration.ofSeconds(20)).until(() -> keyOf(Client.guest())
                    .equals("zz-later"));
            person.call().get("/api/v1/users/me").then().statusCode(200);
        } finally {
            Files.deleteIfExists(broken);
            Files.deleteIfExists(later);
        }
        Awaitility.await("the first key again").atMost(Duration.ofSeconds(20)).until(() -> keyOf(Client.guest())
                .equals(keyOf(person)));
    }

    private static String keyOf(Client person) {
        String head = person.token().substring(0, person.token().indexOf('.'));
        return new String(Base64.getUrlDecoder().decode(head), StandardCharsets.UTF_8)
                .replaceAll(".*\"kid\":\"([^\"]+)\".*", "$1");
    }

    private static String newKey() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder()
                        .encodeToString(generator.generateKeyPair().getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }
}
