/** JSON shapes of the public API. What is absent is written as {@code null}, so that a client sees every field. */
package io.voice2face.gateway.api.view;
