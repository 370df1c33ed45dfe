package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestPhone: what the doctor's phone can do besides typing, and what the inspector shows of it.
func TestPhone(t *testing.T) {
	d := startDemo(t, freeAddress(t), t.TempDir())
	browser := newBrowser(t)
	me := doctor{newPage(t, browser, 1440, 900, d.url+"/sim/?user=demo1")}
	me.sees("关注")
	me.click("#follow")
	me.hears(0, "follow", "您的身份")
	me.says("医生", "是否同意")

	opensPages(me)
	sendsThings(me)
	inspects(me)
	narrow(t, me)
	signsIn(newPage(t, browser, 390, 844, d.url+"/_sim/open?user=demo1&url="+d.url+"/d/me"))
}

// opensPages taps a link: it opens within the phone and closes again.
func opensPages(me doctor) {
	me.run(chromedp.Click(`#log .bubble a`, chromedp.ByQuery))
	me.until("the pane", `!document.querySelector("#pane").hidden && document.querySelector("#pane-title").textContent !== ""`)
	me.shoot("phone-pane")
	me.click("#pane-close")
	me.until("the chat again", `document.querySelector("#pane").hidden`)
}

// sendsThings uses the panel: a link, a clip, the popup of one-time notices, a code to scan of which there is none.
func sendsThings(me doctor) {
	for _, id := range []string{"#send-link", "#send-clip"} {
		before := me.bubbles()
		me.click("#plus")
		me.click(id)
		me.hears(before, id, "是否同意")
	}
	me.click("#plus")
	me.click("#consents")
	me.sees("资料更新提醒")
	me.shoot("phone-consents")
	me.click("#sheet-ok")
	me.sees("订阅通知 1 次")
	me.click("#plus")
	me.click("#scan")
	me.sees("还没有二维码")
	me.click("#sheet-close")
}

// inspects reads the newest callback as it was said, sealed and signed, and has a forged one refused.
func inspects(me doctor) {
	me.until("the callback", `document.querySelector("#wire-in").textContent.includes("subscribe_msg_popup_event")`)
	me.press("密文")
	me.until("the cipher text", `document.querySelector("#wire-in").textContent.includes("<Encrypt>")`)
	me.press("签名")
	me.until("the signature", `document.querySelector("#wire-sign").innerText.includes("msg_signature")`)
	me.press("发一次伪造回调")
	me.sees("被拒绝，返回 403")
	me.press("下一条重复投递")
	me.sees("已安排")
	me.says("同意", "单独同意")
	me.shoot("phone-inspector")
	me.fits(1440)
}

// narrow looks at the inspector on a phone.
func narrow(t *testing.T, me doctor) {
	t.Helper()
	me.run(chromedp.EmulateViewport(390, 844))
	me.click("#more")
	me.press("打开演示面板")
	me.sees("投递演练", "最近的回调")
	me.shoot("phone-inspector-390")
	me.fits(390)
	me.click("#inspect-close")
	me.sees("发消息")
}

// signsIn opens a page of the account as the doctor's phone does: the platform says who is there.
func signsIn(p *page) {
	p.sees("我的资料")
	p.shoot("doctor-page-390")
	p.fits(390)
}
