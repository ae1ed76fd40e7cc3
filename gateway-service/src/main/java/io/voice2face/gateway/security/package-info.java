/** Who is calling: signing keys, tokens, sessions of the page, and the account behind a token. */
package io.voice2face.gateway.security;
