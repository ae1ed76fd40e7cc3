-- A person, or a guest that may become one. The e-mail is stored in lower case.
create table account (
    id              uuid        primary key,
    email           text        unique,
    password_hash   text,
    role            text        not null,
    age             int,
    gender          text,
    consent_version text,
    consent_at      timestamptz,
    token_version   int         not null default 0,
    created_at      timestamptz not null
);

-- A voice with age, gender and a target. Ends with its owner.
create table voice_request (
    id               uuid        primary key,
    owner_id         uuid        not null references account (id) on delete cascade,
    created_at       timestamptz not null,
    updated_at       timestamptz not null,
    state            text        not null,
    age              int         not null,
    gender           text        not null,
    skin_tone        int,
    template_id      text,
    voice            text        not null,
    target           text        not null,
    latest_result_id uuid        not null,
    progress         text,
    traceparent      text
);
create index voice_request_newest on voice_request (owner_id, created_at desc, id desc);

-- One attempt at a request. "job" is the state machine's record as JSON; state is repeated for queries.
create table voice_result (
    id           uuid        primary key,
    request_id   uuid        not null references voice_request (id) on delete cascade,
    attempt      int         not null,
    state        text        not null,
    job          text        not null,
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    completed_at timestamptz,
    unique (request_id, attempt)
);
create index voice_result_unfinished on voice_result (updated_at)
    where state in ('QUEUED', 'ANALYSING', 'GENERATING', 'SWAPPING', 'STORING');

create table rating (
    result_id uuid        not null references voice_result (id) on delete cascade,
    variant   text        not null,
    stars     int         not null check (stars between 1 and 5),
    rated_at  timestamptz not null,
    primary key (result_id, variant)
);

create table survey (
    result_id            uuid        primary key references voice_result (id) on delete cascade,
    contact              text,
    contact_kind         text,
    sns_time             text        not null,
    reasons              text[]      not null,
    voice_to_face_rating int         not null check (voice_to_face_rating between 1 and 5),
    dissatisfaction      text[]      not null,
    wished_functions     text,
    face_to_clip_rating  int         not null check (face_to_clip_rating between 1 and 5),
    more_clips           boolean     not null,
    clip_kinds           text[]      not null,
    waiting_time_rating  int         not null check (waiting_time_rating between 1 and 5),
    waiting_improvements text[]      not null,
    recommend            boolean     not null,
    opinion              text,
    answered_at          timestamptz not null
);

-- Only the token's hash is kept: who reads the database cannot open the links.
create table share_link (
    id         uuid        primary key,
    result_id  uuid        not null references voice_result (id) on delete cascade,
    token_hash text        not null unique,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index share_link_of_result on share_link (result_id);

-- What happened to a request, in order: ids of one request increase because its row is locked while they are drawn.
-- Feeds the SSE streams of every instance and the operator's history.
create table request_event (
    id         bigint      generated always as identity primary key,
    request_id uuid        not null references voice_request (id) on delete cascade,
    kind       text        not null,
    data       text        not null,
    -- the request stands at its end with this event
    ends       boolean     not null,
    created_at timestamptz not null
);
create index request_event_of_request on request_event (request_id, id);
create index request_event_progress on request_event (created_at) where kind = 'progress';

-- Events of the mesh that were taken in, with what they did.
create table processed_event (
    event_id     uuid        primary key,
    request_id   uuid        not null,
    topic        text        not null,
    outcome      text        not null,
    processed_at timestamptz not null
);
create index processed_event_of_request on processed_event (request_id, processed_at);
create index processed_event_age on processed_event (processed_at);

-- Events to be sent, written in the transaction that they speak of.
create table outbox (
    id            bigint      generated always as identity primary key,
    record_key    text        not null,
    topic         text        not null,
    data          text        not null,
    -- CloudEvents attributes and the trace context, JSON
    headers       text        not null,
    created_at    timestamptz not null,
    claimed_until timestamptz not null default '-infinity'
);
create index outbox_of_key on outbox (record_key, id);

create table idempotency_key (
    owner_id    uuid        not null references account (id) on delete cascade,
    key         text        not null,
    fingerprint text        not null,
    request_id  uuid        not null references voice_request (id) on delete cascade,
    result_id   uuid        not null,
    created_at  timestamptz not null,
    primary key (owner_id, key)
);

-- Failed log-ins, by what they are counted for: an e-mail's or an address's hash.
create table login_throttle (
    subject       text        primary key,
    failures      int         not null,
    first_failure timestamptz not null,
    locked_until  timestamptz
);

create table webhook (
    id         uuid        primary key,
    owner_id   uuid        not null references account (id) on delete cascade,
    url        text        not null,
    secret     text        not null,
    created_at timestamptz not null
);
create index webhook_of_owner on webhook (owner_id);

create table webhook_delivery (
    id            uuid        primary key,
    webhook_id    uuid        not null references webhook (id) on delete cascade,
    event         text        not null,
    body          text        not null,
    state         text        not null,
    attempts      int         not null default 0,
    next_attempt  timestamptz not null,
    last_status   int,
    last_error    text,
    created_at    timestamptz not null,
    delivered_at  timestamptz
);
create index webhook_delivery_due on webhook_delivery (next_attempt) where state = 'PENDING';
create index webhook_delivery_of_webhook on webhook_delivery (webhook_id, created_at desc);

-- The operator's switches.
create table operator_switch (
    name       text        primary key,
    enabled    boolean     not null,
    changed_at timestamptz not null
);
