package main

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
)

// praise is what the doctor of these stories writes about the service.
const praise = "资料给得准，回得也快"

// joined lets a verified doctor go through the community flow up to the invitation card.
func joined(w *world, user string) {
	for _, line := range []string{"学术共创", "10", praise, "5", "5", "带教", "学科带头", "禁用", "病例、带教"} {
		w.say(user, line)
	}
	w.say(user, "同意加入", "需要一张邀请卡", "无任何奖励")
}

func quoteOf(t *testing.T, st *store.Store, doctor string) store.QuoteRow {
	t.Helper()
	rows, err := st.QuotesOf(t.Context(), doctor)
	check(t, err)
	if len(rows) != 1 {
		t.Fatalf("%d quotes: %+v", len(rows), rows)
	}
	return rows[0]
}

// S2-32: a sentence is quoted only with the doctor's own consent and an approval, unchanged, and nowhere any more once the consent is taken back.
func TestS2_32_QuotedWithConsentAndApproval(t *testing.T) {
	w := newWorld(t, 1, nil)
	st := w.apps[0].store
	talk(w)
	joined(w, "d1")
	id := w.doctorD1()
	w.say("d1", "不需要", praise, "不改一个字", "没有报酬", "写姓名和单位")
	if q := quoteOf(t, st, id); q.Status != store.QuoteOffered || q.Words != praise {
		t.Fatalf("asked about: %+v", q)
	}
	as := func(name, role string) *http.Request { // a person of the house
		r, err := http.NewRequestWithContext(store.As(t.Context(), store.Viewer{Name: name, Role: role, Reach: store.ReachAll}), http.MethodGet, "/", nil)
		check(t, err)
		return r
	}
	medical := as("medical", store.RoleMedical).Context()
	approve := func(text string) error {
		return st.ApproveQuote(medical, store.QuoteApproval{ID: quoteOf(t, st, id).ID, Text: text, Number: "MLR-1", Until: st.Now() + time.Hour.Milliseconds()})
	}
	if err := approve(praise); err == nil {
		t.Error("approved without the doctor's consent")
	}
	w.say("d1", "写姓名和单位", "署名方式“写姓名和单位”", "撤回同意")
	w.say("d1", "同意引用", "审核通过后才会使用")
	q := quoteOf(t, st, id)
	if q.Status != store.QuoteConsented || q.Signature != store.SignName || q.Policy != "quote_2026_11" || q.ConsentedAt == 0 {
		t.Fatalf("agreed to: %+v", q)
	}
	for _, text := range []string{"资料给得很准", "回得也快，资料给得准", "资料给得准，回得也快，药也好"} {
		if err := approve(text); err == nil {
			t.Errorf("%q was approved: it is not what the doctor wrote", text)
		}
	}
	check(t, approve("资料给得准……"))
	desk := w.desk()
	desk.wants(desk.page("/console/quotes"), "资料给得准……", "王建国", "北京协和医院", "MLR-1")
	check(t, st.UseQuote(medical, q.ID, "会议幻灯"))
	if got := quoteOf(t, st, id); got.Shown != 1 || got.Status != store.QuoteApproved {
		t.Errorf("used: %+v", got)
	}
	list := w.say("d1", "撤回同意", "引用您的原话")
	number := regexp.MustCompile(`([0-9]+)\. <a [^>]*>引用您的原话`).FindStringSubmatch(list)
	if number == nil {
		t.Fatalf("no number in %s", list)
	}
	w.say("d1", number[1], "即刻起不再引用")
	got := quoteOf(t, st, id)
	if got.Status != store.QuoteWithdrawn || got.Words != "" || got.Approved != "" {
		t.Errorf("after taking back: %+v", got)
	}
	if page := desk.page("/console/quotes"); strings.Contains(page, "资料给得准") {
		t.Error("the library still shows the words")
	}
	if err := st.UseQuote(medical, q.ID, "会议幻灯"); err == nil {
		t.Error("used after the consent was taken back")
	}
	if err := approve(praise); err == nil {
		t.Error("approved after the consent was taken back")
	}
}

// A colleague asks for a sentence that the doctor left undecided: the chat asks once more by itself, in the hours of the day, and the answer counts.
func TestS2_32_AskedByAColleague(t *testing.T) {
	w := newWorld(t, 1, nil)
	st := w.apps[0].store
	decile(t, st)
	talk(w)
	joined(w, "d1")
	id := w.doctorD1()
	w.say("d1", "不需要", praise)
	w.say("d1", "退出")
	w.eventually("a super customer", func() bool {
		_, err := st.SuperFile(t.Context(), id, "sample_sartan")
		return err == nil
	})
	daytime(w)
	desk, page := w.desk(), "/console/supers/"+id
	desk.wants(desk.page(page), praise, "等医生答复", "请医生同意引用")
	ref := regexp.MustCompile(`name="answer" value="([^"]+)"`).FindStringSubmatch(desk.page(page))
	if ref == nil {
		t.Fatal("no answer to ask about")
	}
	desk.posts(page+"/work/quote", url.Values{"answer": {ref[1]}, "product": {"sample_sartan"}})
	if q := quoteOf(t, st, id); q.AskedBy == "" {
		t.Fatalf("asked: %+v", q)
	}
	w.eventually("the question", func() bool {
		return strings.Count(fmt.Sprint(w.get("/_sim/users/d1/transcript")), "怎样署名合适") > 1
	})
	w.say("d1", "匿名")
	w.say("d1", "同意引用", "审核通过后才会使用")
	if q := quoteOf(t, st, id); q.Status != store.QuoteConsented || q.Signature != store.SignNone {
		t.Errorf("agreed to: %+v", q)
	}
}

// daytime moves the platform's clock to the next forenoon in the zone of the house, when the doctor may still be written to.
func daytime(w *world) {
	now := w.platform.Now().In(w.apps[0].cfg.Zone)
	ten := time.Date(now.Year(), now.Month(), now.Day()+1, 10, 0, 0, 0, now.Location())
	w.call("/_sim/clock", map[string]string{"advance": ten.Sub(now).Round(time.Second).String()})
}

// cardOf takes the address of the card out of a reply.
func cardOf(t *testing.T, reply string) string {
	t.Helper()
	url := regexp.MustCompile(`http://[^ \]\n]+/i/[A-Za-z0-9_-]+`).FindString(reply)
	if url == "" {
		t.Fatalf("no card in %s", reply)
	}
	return url
}

// scanCard opens a card as its reader does, and scans its code as another user.
func scanCard(t *testing.T, w *world, card, user string) {
	t.Helper()
	if page := body(t, func() (*http.Response, error) { return http.Get(card) }); strings.Contains(page, "openid") {
		t.Error("the card names somebody by an id")
	}
	res, err := http.Get(card + "/code.png")
	check(t, err)
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "image/png" {
		t.Fatalf("the code: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	w.call("/_sim/users/"+user+"/scan", map[string]string{"ticket": lastTicket(t, w)})
}

// lastTicket is that of the newest code at the platform.
func lastTicket(t *testing.T, w *world) string {
	t.Helper()
	codes, _ := w.get("/_sim/codes")["codes"].([]any)
	if len(codes) == 0 {
		t.Fatal("the platform has drawn no code")
	}
	one, _ := codes[len(codes)-1].(map[string]any)
	return fmt.Sprint(one["ticket"])
}

// invited lets a new user take the path of the invited: follow by the card, agree, be verified.
func invited(w *world, user, name string) {
	for _, line := range []string{"医生", "同意", "同意", name, "北京协和医院", "心内", "主治医师", "邀请码", demoInvite} {
		w.say(user, line)
	}
}

// S2-36: a card that the doctor passes on, no reward, and the colleague decides himself. S2-33: invite, participate, credit.
func TestS2_36_ReferralByCard(t *testing.T) {
	w := newWorld(t, 1, nil)
	st := w.apps[0].store
	decile(t, st)
	talk(w)
	joined(w, "d1")
	id := w.doctorD1()
	card := cardOf(t, w.say("d1", "需要", "/i/", "没有任何奖励", "要写您的姓名吗"))
	if page := body(t, func() (*http.Response, error) { return http.Get(card) }); strings.Contains(page, "王建国") {
		t.Error("the card names the doctor before he agreed")
	}
	w.say("d1", "写上姓名", "会写您的姓名")
	desk := w.desk()
	desk.wants(body(t, func() (*http.Response, error) { return http.Get(card) }), "王建国老师邀请您", "没有任何奖励")
	w.say("d1", "不引用", "不会被引用")

	w.call("/_sim/users", map[string]any{})
	scanCard(t, w, card, "d1") // one's own card
	if _, sum, err := st.PeerCards(t.Context(), id, time.Time{}); err != nil || sum.Scanned+sum.Followed != 0 {
		t.Errorf("scanned by himself: %+v, %v", sum, err)
	}
	scanCard(t, w, card, "d2")
	chain := func() store.ReferralChain {
		_, sum, err := st.PeerCards(t.Context(), id, time.Time{})
		check(t, err)
		return sum
	}
	if c := chain(); c.Made != 1 || c.Scanned != 1 || c.Followed != 1 || c.Consented+c.Credited != 0 {
		t.Errorf("after the scan: %+v", c)
	}
	helped := func() []store.InfluenceRow {
		f, err := st.SuperFile(t.Context(), id, "sample_sartan")
		check(t, err)
		return f.Helped
	}
	invited(w, "d2", "李华")
	t.Run("S2_33_InviteParticipateCredit", func(t *testing.T) {
		w.eventually("the credit", func() bool { return chain().Credited == 1 })
		w.say("d2", "门诊")
		w.eventually("somebody who takes part", func() bool { return chain().Active == 1 })
		if h := helped(); len(h) != 1 || h[0].Kind != store.InfluenceReferral || h[0].About.Name != "李华" {
			t.Errorf("helped: %+v", h)
		}
		desk.wants(desk.page("/console/invitations"), "王建国", "李华", "参与", "1 / 10")
		desk.wants(desk.page("/console/supers/"+id), "同行邀请", "李华", "参与")
	})
	for user, name := range map[string]string{"d1": "李华", "d2": "王建国"} {
		if text := fmt.Sprint(w.get("/_sim/users/" + user + "/transcript")); strings.Contains(text, name) && user == "d1" {
			t.Errorf("%s reads the name of the other", user)
		}
	}
	w.call("/_sim/users/d2/scan", map[string]string{"ticket": lastTicket(t, w)})
	if c := chain(); c.Followed != 1 || c.Credited != 1 {
		t.Errorf("scanned again: %+v", c)
	}
	w.call("/_sim/users/d2/unfollow", map[string]string{})
	if h := helped(); len(h) != 1 || h[0].Other != "" || chain().Credited != 1 {
		t.Errorf("after the colleague has left: %+v", h)
	}
	w.say("d1", "注销")
	w.say("d1", "是")
	res, err := http.Get(card)
	check(t, err)
	res.Body.Close()
	if res.StatusCode != http.StatusNotFound {
		t.Errorf("the card of somebody who is gone: %d", res.StatusCode)
	}
}
