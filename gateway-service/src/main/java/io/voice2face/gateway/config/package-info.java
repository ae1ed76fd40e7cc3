/** Settings, typed. */
package io.voice2face.gateway.config;
