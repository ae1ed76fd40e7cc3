/** How long the steps of a job take. */
package io.voice2face.face.timing;
