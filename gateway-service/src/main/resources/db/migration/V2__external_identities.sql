-- Who logs in at another issuer has its subject there instead of an e-mail and a password here.
create table external_identity (
    issuer     text not null,
    subject    text not null,
    account_id uuid not null unique references account (id) on delete cascade,
    primary key (issuer, subject)
);
