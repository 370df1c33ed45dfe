package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestStory is the main job from end to end: follow, consent, verification, first visit, wish for a visit, card, acceptance, brief, report, portrait,
// and content that fits the report; with a restart in the middle of the talk.
func TestStory(t *testing.T) {
	listen, data := freeAddress(t), t.TempDir()
	d := startDemo(t, listen, data)
	browser := newBrowser(t)

	me := doctor{newPage(t, browser, 390, 844, d.url+"/sim/?user=demo1")}
	follow(t, me, d)
	firstQuestions(me)

	d.stop(t)
	d = startDemo(t, listen, data)
	me.run(chromedp.Reload())
	me.until("the talk again", `document.querySelectorAll("#log li.bot").length > 3`)
	me.shoot("phone-after-restart")
	lastQuestions(me)
	me.run(chromedp.EmulateViewport(1440, 900))
	me.shoot("phone-1440")
	me.run(chromedp.EmulateViewport(390, 844))

	brief := accept(t, newPage(t, browser, 390, 844, d.url+"/sim/rep?rep=lilei"))
	late := newPage(t, browser, 390, 844, d.url+"/sim/rep?rep=hanmei")
	late.sees("李雷")
	late.shoot("rep-late")

	report(t, newPage(t, browser, 390, 844, brief))

	me.until("content that fits the report", `[...document.querySelectorAll("#log .news")].some(e => e.innerText.includes("短视频"))`)
	me.shoot("phone-content")

	adverse(me)
	lookAround(t, newPage(t, browser, 1440, 900, d.console))
}

func follow(t *testing.T, me doctor, d *demo) {
	me.sees("关注")
	me.shoot("phone-profile")
	me.click("#follow")
	me.hears(0, "follow", "不是真人", "您的身份")
	me.says("医生", "是否同意")
	me.shoot("phone-consent")
	me.says("嗯", "请只回复")
	me.says("同意", "单独同意")
	me.says("同意", "姓名")
	me.says("王建国", "哪家医院")
	me.says("协和", "北京协和医院", "武汉")
	me.says("1", "科室")
	me.says("心内", "职称")
	me.says("第一个", "核验")
	me.says("邀请码", "6 位邀请码")
	me.says("ZZZZZZ", "没有找到")
	me.says(d.invite, "核验通过", "接诊")
}

func firstQuestions(me doctor) {
	me.says("门诊", "大致有多少")
	me.says("４", "最看重")
	me.says("1、2", "更接近")
	me.shoot("phone-question")
}

func lastQuestions(me doctor) {
	me.says("看过资料", "顾虑")
	me.says("返回", "更接近")
	me.says("3", "顾虑")
	me.says("想看更多证据", "哪些内容")
	me.says("文献和会议", "主题")
	me.says("肾病", "多久")
	me.says("每两周", "进一步交流")
	me.says("愿意", "同意把您的姓名")
	me.says("同意", "哪天方便")
	me.says("下周三下午", "星期三")
	me.says("对", "怎样交流")
	me.says("医院", "已为您登记", "谢谢王建国老师")
}

// accept presses the card's button and gives the address of the brief.
func accept(t *testing.T, rep *page) string {
	rep.sees("接受")
	rep.shoot("rep-card")
	rep.press("接受")
	rep.sees("您已接受")
	rep.until("the link to the brief", `[...document.querySelectorAll("#log a")].some(a => a.href.includes("/h/"))`)
	rep.shoot("rep-accepted")
	var href string
	rep.run(chromedp.Evaluate(`[...document.querySelectorAll("a")].map(a => a.href).filter(h => h.includes("/h/")).pop() || ""`, &href))
	if href == "" {
		t.Fatalf("the rep's phone has no link to the brief:\n%s", rep.text("body"))
	}
	return href
}

func report(t *testing.T, p *page) {
	p.sees("王建国", "北京协和医院", "为什么现在", "医生的原话", "想看更多证据")
	p.shootBoth("brief")
	contains(t, "the brief", p.text("body"), "愿意当面交流", "合并慢性肾病", "请不要", "心血管内科")
	p.press("提交反馈")
	p.sees("必答")
	p.shootBoth("report-empty")
	p.press("当面")
	p.press("见到并交流")
	p.press("短视频")
	p.press("合并慢性肾病")
	p.press("看过说明书或资料")
	p.press("想看更多证据")
	p.press("按偏好发资料")
	p.press("没有")
	p.shoot("report-filled")
	p.press("提交反馈")
	p.sees("已提交")
	p.shootBoth("report-done")
}

// adverse: an adverse event typed at any time is recorded at once; the intake follows, and the talk is not lost.
func adverse(me doctor) {
	me.says("有个病人吃了以后全身皮疹", "编号")
	me.shoot("phone-adverse")
}

func lookAround(t *testing.T, c *page) {
	c.sees("概览", "最近来信")
	c.shootBoth("console-overview")
	c.run(chromedp.EmulateViewport(1440, 900))
	for _, one := range []struct {
		name string
		path string
		want []string
	}{
		{"console-doctors", "/console/doctors", []string{"王建国", "北京协和医院", "已核验"}},
		{"console-leads", "/console/leads", []string{"王建国", "李雷"}},
		{"console-verifications", "/console/verifications", nil},
		{"console-flows", "/console/flows", []string{"首次线上拜访"}},
		{"console-flow", "/console/flows/first_visit", []string{"使用中"}},
		{"console-outbox", "/console/outbox", nil},
	} {
		c.open(one.path)
		c.sees(one.want...)
		c.shootBoth(one.name)
		c.run(chromedp.EmulateViewport(1440, 900))
	}
	c.open("/console/doctors")
	c.press("王建国")
	c.sees("画像", "合并慢性肾病", "代表", "李雷", "短视频", "想看更多证据", "评分")
	c.shootBoth("console-portrait")
	c.shootWhole("console-portrait-whole")
	c.open("/demo/as/safety") // the reports are for the safety desk
	c.sees("不良反应", "AE-", "皮疹")
	c.shootBoth("console-cases")
}
