/** What is missing, for readiness. */
package io.voice2face.gateway.health;
