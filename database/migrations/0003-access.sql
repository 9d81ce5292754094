-- What sign-in remembers of an account beyond its password.

alter table users
  -- Null while the secret in totp_secret has been shown but not yet confirmed with a code.
  add column totp_confirmed_at timestamptz,
  -- The last 30-second step whose code was used: each code signs in once.
  add column totp_last_step bigint,
  -- The name under which an identity provider knows the account (OpenID Connect "sub"), tied at its first such sign-in.
  add column oidc_subject text unique;

create index role_assignments_unit on role_assignments (unit_id);
create index enrolment_codes_user on enrolment_codes (user_id) where used_at is null;
