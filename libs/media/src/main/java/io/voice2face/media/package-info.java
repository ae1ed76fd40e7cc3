/**
 * Decoding and encoding of sound, pictures and clips in process, through FFmpeg's C API (JavaCPP) and OpenCV.
 *
 * <p>What comes in is hostile until shown otherwise: only local regular files are opened, the container is told from
 * the first bytes and forced on FFmpeg (so playlists, concatenations and external references are never followed), and
 * sizes, durations and stream counts are checked before anything is decoded. Everything native is released by
 * {@code close()}; none of the types here may be shared between threads unless they say so.
 */
package io.voice2face.media;
