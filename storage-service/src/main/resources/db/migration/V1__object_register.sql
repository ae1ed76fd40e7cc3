-- Every object that has been verified and is kept.
create table stored_object (
    object_key   text primary key,
    kind         text        not null,
    request_id   uuid,
    content_type text        not null,
    size_bytes   bigint      not null check (size_bytes >= 0),
    sha256       text        not null check (sha256 ~ '^[0-9a-f]{64}$'),
    accepted_at  timestamptz not null,
    audited_at   timestamptz not null,
    damaged      boolean     not null default false
);
create index stored_object_request on stored_object (request_id) where request_id is not null;
create index stored_object_retention on stored_object (kind, accepted_at) where request_id is not null;
create index stored_object_audit on stored_object (audited_at);

-- Requests that were erased: what still arrives of them is deleted, not kept.
create table erased_request (
    request_id uuid primary key,
    erased_at  timestamptz not null
);

-- The scheduled jobs: one row each, claimed by the instance that runs it.
create table maintenance_run (
    job            text primary key,
    started_at     timestamptz,
    finished_at    timestamptz,
    handled        bigint not null default 0,
    handled_in_all bigint not null default 0,
    failure        text
);
insert into maintenance_run (job) values ('retention'), ('orphans'), ('audit');

-- What the audit found: objects that were lost or changed behind the register's back.
create table audit_finding (
    id         bigint generated always as identity primary key,
    object_key text        not null,
    kind       text        not null,
    request_id uuid,
    finding    text        not null,
    found_at   timestamptz not null
);
