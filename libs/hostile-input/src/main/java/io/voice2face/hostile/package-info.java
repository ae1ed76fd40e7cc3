/** A corpus of hostile input to the public API, and a client that sends it as it is. For tests; no service depends on it. */
package io.voice2face.hostile;
