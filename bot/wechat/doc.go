// Package wechat speaks WeChat and WeCom: callbacks in, passive replies,
// service messages and application messages out. It is the only package that
// knows the two platforms and the SDK github.com/silenceper/wechat/v2.
//
// It refuses to decide: what is said comes from a bot.Receiver or stands in an
// outbox row, and what a refusal of the platform means for a row is said by a
// class (codes.yaml), not acted upon. It refuses plaintext and mixed mode:
// callbacks are taken in safe mode (AES) only.
//
// # Invariants
//
//   - Nothing reaches the receiver that is not signed over its cipher text and
//     over its address, fresh, opened with our key, addressed to us and
//     consistent with the URL. Our own replies, sent back, are not.
//   - Everything refused gets one answer: 403 (413 for a body over 64 KiB, 405
//     for another method) with an empty body; the reason is only counted.
//   - Identity comes from the decrypted body, and no text that a doctor can
//     type changes another field than its own.
//   - Nothing counts as sent unless the platform answered errcode 0.
//   - No error, log line or metric carries a secret, a token, an openid, a
//     user id or a doctor's words.
//
// # What is read
//
// Every message and event of the platform, in XML and in JSON, told apart by
// the first byte. Numbers are read as text and converted late, so that an odd
// one costs its field and never the message; a kind or event that nobody knows
// arrives under the platform's own name. Two events are one only when all that
// they say is the same.
//
// # What is taken from the SDK
//
// The SDK's message types shape service messages and its managers make the
// calls, but for sign-in, codes, mass sends and the reading of menus, where its
// own are wrong or lack a field. The way in and the passive reply are ours, because the SDK's
// server lets the unsigned query choose plaintext, has no freshness, checks
// one byte of the padding, bounds timestamps to 32 bits, drops a whole message
// for one odd number or control character, lets a typed "]]>" overwrite the
// sender, reads bodies without limit and panics on write errors. The tests
// keep its util package, the pretend platform and an implementation in another
// language as oracles; the module bench/ sets its server beside ours.
//
// The SDK's packages imported here write no logs. Its root package and its
// server package do, on a logger that the root package sets to debug, so they
// are never imported. The SDK's HTTP client is process-wide and knows neither
// contexts, time-outs, hosts nor typed errors; see exchange for how it is
// kept apart from all that.
package wechat
