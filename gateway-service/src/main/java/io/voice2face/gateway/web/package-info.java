/** Serves the web page: static files, the single page's own paths, and the headers that keep it safe. */
package io.voice2face.gateway.web;
