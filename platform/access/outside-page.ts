/**
 * The one page between a provider and the house, drawn by the server: it needs no script, so that it opens in every app's own
 * browser. It says what went wrong, or asks for the printed code or for the second factor.
 */

export interface OutsidePage {
  readonly asks: 'printed_code' | 'second_factor' | 'nothing'
  readonly problem: { readonly zh: string; readonly en: string } | undefined
  /** The provider's name as the settings give it. */
  readonly title: string
}

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)

const STYLE = `body{font:17px/1.7 system-ui,"PingFang SC","Noto Sans CJK SC",sans-serif;margin:0;background:#f5f6f8;color:#1c2733}
main{max-width:26rem;margin:8vh auto;padding:1.5rem;background:#fff;border-radius:10px}
h1{font-size:1.2rem;margin:0 0 .5rem}p{margin:.4rem 0}.en{color:#5c6773;font-size:.85rem}
.problem{background:#fdecea;border-radius:6px;padding:.6rem .8rem}
label{display:block;margin-top:1rem}input{font:inherit;width:100%;box-sizing:border-box;padding:.6rem;border:1px solid #8a96a3;border-radius:6px}
button,a.back{font:inherit;display:block;width:100%;box-sizing:border-box;text-align:center;margin-top:1rem;padding:.7rem;border-radius:6px}
button{background:#1a5fb4;color:#fff;border:0}a.back{color:#1a5fb4;text-decoration:none}`

const ASKS = {
  printed_code: {
    zh: (title: string) =>
      `${title}认得您，但还没有和这里的账号绑定。请输入单位发给您的登录码（16 位），绑定后下次直接进入。没有登录码，请找本单位负责人打印。`,
    en: 'This identity is not tied to an account yet. Enter the printed sign-in code from your unit; it is needed once.',
    label: '登录码 Sign-in code',
    input: 'name="printed_code" autocomplete="one-time-code" autocapitalize="characters" maxlength="40" required',
    button: '绑定并进入 Tie and enter',
  },
  second_factor: {
    zh: () => '您的岗位需要动态验证码，请打开验证器输入 6 位数字。',
    en: 'Your role needs a second factor; enter the 6 digits from your authenticator.',
    label: '动态验证码 Code',
    input: 'name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" maxlength="6" required',
    button: '进入 Enter',
  },
} as const

export function outsidePage({ asks, problem, title }: OutsidePage): string {
  const said = problem
    ? `<p class="problem" role="alert">${escapeHtml(problem.zh)}<br><span class="en">${escapeHtml(problem.en)}</span></p>`
    : ''
  const form = asks === 'nothing' ? undefined : ASKS[asks]
  const body = form
    ? `<p>${escapeHtml(form.zh(title))}</p><p class="en">${escapeHtml(form.en)}</p>
<form method="post" action="/api/outside/entry"><label for="answer">${form.label}</label><input id="answer" ${form.input}><button>${form.button}</button></form>`
    : ''
  return `<!doctype html><html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>同袍 · 登录</title><style>${STYLE}</style></head><body><main><h1>${escapeHtml(title)}登录</h1>${said}${body}
<a class="back" href="/">用账号密码登录 Use a local account</a></main></body></html>`
}
