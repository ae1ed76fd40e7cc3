package io.voice2face.gateway.persistence;

import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;

/** Share links. */
@ApplicationScoped
public class ShareLinks implements PanacheRepositoryBase<ShareLinkRow, UUID> {}
