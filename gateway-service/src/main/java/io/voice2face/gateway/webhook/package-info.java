/** Calls to the clients' own addresses: which addresses are allowed, how calls are signed, tried again and given up. */
package io.voice2face.gateway.webhook;
