/** How to reach an identity provider (OpenID Connect). */
export interface OidcSettings {
  /** What the button on the sign-in page says, such as "政务单点登录". */
  readonly name: string
  readonly issuer: string
  readonly client_id: string
  readonly client_secret: string
}
