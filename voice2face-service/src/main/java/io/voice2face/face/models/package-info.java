/** The models of this service: found, checked and opened once, when it starts. */
package io.voice2face.face.models;
