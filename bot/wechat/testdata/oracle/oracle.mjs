// Usage: node oracle.mjs make OUT.json | node oracle.mjs read IN.json OUT.json
import { readFileSync, writeFileSync } from 'node:fs'
import crypto from '@wecom/crypto'

const { decrypt, encrypt, getSignature } = crypto
const token = 'oracle-token'
const official = { id: 'wx0123456789abcdef', key: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' }
const corp = { id: 'ww0123456789abcdef', key: 'GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba' }

const text = (content) => `<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>
<FromUserName><![CDATA[oracle-openid-1]]></FromUserName>
<CreateTime>1793500000</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[${content}]]></Content>
<MsgId>23456789012345678</MsgId>
</xml>`

const cases = [
  ['short text', official, text('您好')],
  ['empty content', official, text('')],
  ['emoji and rare characters', official, text('𠮷野家 👩🏻‍⚕️ ①Ⅳ㎎')],
  ['end of a CDATA section', official, text('a]]>b')],
  ['json body', official, JSON.stringify({ ToUserName: 'gh_0123456789ab', FromUserName: 'oracle-openid-1', CreateTime: 1793500000, MsgType: 'text', Content: '一\n二', MsgId: 23456789012345 })],
  ['long text', official, text('学'.repeat(2000))],
  ['corp event', corp, '<xml><ToUserName><![CDATA[ww0123456789abcdef]]></ToUserName><FromUserName><![CDATA[zhangsan]]></FromUserName><CreateTime>1793500000</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[template_card_event]]></Event><EventKey><![CDATA[accept]]></EventKey><TaskId><![CDATA[lead-1]]></TaskId><AgentID>1000002</AgentID></xml>'],
]
for (let pad = 1; pad <= 32; pad++) cases.push([`padding ${pad}`, official, 'x'.repeat(64 - 20 - official.id.length - pad + 32)])

const sealed = () => cases.map(([name, to, plain], i) => {
  const random = Buffer.from(Array.from({ length: 16 }, (_, n) => (i * 16 + n) % 256))
  const timestamp = String(1793500000 + i)
  const nonce = String(900000000 + i)
  const body = encrypt(to.key, plain, to.id, random)
  return { name, token, receiver: to.id, key: to.key, timestamp, nonce, random: random.toString('hex'), plain, encrypt: body, signature: getSignature(token, timestamp, nonce, body) }
})

const opened = (file) => JSON.parse(readFileSync(file, 'utf8')).map((e) => {
  const { message, id } = decrypt(e.key, e.encrypt)
  return { name: e.name, message, id, signed: getSignature(e.token, e.timestamp, e.nonce, e.encrypt) === e.signature }
})

const [, , verb, from, to] = process.argv
if (verb === 'make') writeFileSync(from, JSON.stringify(sealed(), null, 1) + '\n')
else if (verb === 'read') writeFileSync(to, JSON.stringify(opened(from), null, 1) + '\n')
else throw new Error('make OUT.json | read IN.json OUT.json')
