/** The public HTTP API, v1: thin resources over the services, and how errors become problem documents. */
package io.voice2face.gateway.api;
