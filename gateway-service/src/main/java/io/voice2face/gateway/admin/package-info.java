/** What operators look at and do: dead letters, histories, retention, the maintenance switch. */
package io.voice2face.gateway.admin;
