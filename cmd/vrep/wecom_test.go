package main

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
)

// robotLinks are the links that the robot has put into the group, oldest first, and everything it said.
func (w *world) robot() (links []string, said string) {
	w.t.Helper()
	for _, m := range w.get("/_sim/robots/" + demoRobot + "/messages")["messages"].([]any) {
		said += fmt.Sprintln(m)
		card, _ := m.(map[string]any)["card"].(map[string]any)
		if card == nil {
			continue
		}
		links = append(links, card["card_action"].(map[string]any)["url"].(string))
	}
	return links, said
}

// browse is a browser of its own.
func browse(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

// TestRobotIsEnough: a company without a WeCom application pastes one address, and leads reach its reps.
func TestRobotIsEnough(t *testing.T) {
	w := newWorld(t, 1, map[string]string{"wecom_corp_id": "", "wecom_agent_id": "", "wecom_secret": "", "wecom_token": "", "wecom_aes_key": ""})
	talk(w)
	var links []string
	w.eventually("the group to hear of the lead", func() bool { links, _ = w.robot(); return len(links) == 1 })
	first, second := browse(t), browse(t)
	page := body(t, func() (*http.Response, error) { return first.Get(links[0]) })
	for _, want := range []string{"王老师", "北京协和医院", "李雷", "韩梅"} {
		if !strings.Contains(page, want) {
			t.Errorf("the group's page lacks %q", want)
		}
	}
	if strings.Contains(page, "王建国") || strings.Contains(page, "想看更多证据") {
		t.Error("the group reads what belongs to the rep")
	}
	brief := body(t, func() (*http.Response, error) {
		return first.PostForm(links[0]+"/take", url.Values{"rep": {"lilei"}, "sure": {"1"}})
	})
	if !strings.Contains(brief, "王建国") || !strings.Contains(brief, "想看更多证据") {
		t.Errorf("the brief does not open:\n%s", brief)
	}
	if again := body(t, func() (*http.Response, error) { return first.Get(links[0]) }); !strings.Contains(again, "王建国") {
		t.Error("the rep does not find the way back from the group")
	}
	late := body(t, func() (*http.Response, error) {
		return second.PostForm(links[0]+"/take", url.Values{"rep": {"hanmei"}, "sure": {"1"}})
	})
	if !strings.Contains(late, "已由李雷接受") || strings.Contains(late, "王建国") {
		t.Errorf("who comes second reads\n%s", late)
	}
	w.eventually("the group to hear who has it", func() bool { _, said := w.robot(); return strings.Contains(said, "已由李雷接受") })
	w.call("/_sim/users/d1/unfollow", map[string]string{})
	w.eventually("the group to hear of the end", func() bool { _, said := w.robot(); return strings.Contains(said, "已按规定删除") })
	if n := outbox(t, w); n[store.EffectDead]+n[store.EffectReady] != 0 {
		t.Errorf("outbox %v", n)
	}
}

func outbox(t *testing.T, w *world) map[string]int64 {
	t.Helper()
	n, err := w.apps[0].store.OutboxCounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestSecondRepOnAnOldCard: the change of the card fails for a while, and the rep who comes second presses it.
func TestSecondRepOnAnOldCard(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.call("/_sim/faults", map[string]any{"path": "/cgi-bin/message/update_template_card", "errcode": -1, "times": 2})
	talk(w)
	messages := func(rep string) []any { return w.get("/_sim/reps/" + rep + "/messages")["messages"].([]any) }
	w.eventually("a card for both reps", func() bool { return len(messages("lilei")) == 1 && len(messages("hanmei")) == 1 })
	press := func(rep string) map[string]any {
		id := messages(rep)[0].(map[string]any)["id"]
		return w.call("/_sim/reps/"+rep+"/press", map[string]any{"message": id, "key": "accept"})
	}
	if got := press("lilei"); got["replaced"] != "您已接受，请点击查看简报" {
		t.Errorf("the first press: %v", got)
	}
	if got := press("hanmei"); got["replaced"] != "已由李雷接受" {
		t.Errorf("the second press: %v", got)
	}
	links, _ := w.robot()
	if len(links) != 1 {
		t.Fatalf("the group heard %d times", len(links))
	}
	if page := body(t, func() (*http.Response, error) { return browse(t).Get(links[0]) }); !strings.Contains(page, "已由李雷接受") {
		t.Errorf("the group's page does not say who has it:\n%s", page)
	}
	w.eventually("the change to be made all the same", func() bool {
		w.call("/_sim/clock", map[string]string{"advance": "1m"})
		return outbox(t, w)[store.EffectReady] == 0
	})
	if n := outbox(t, w); n[store.EffectDead] != 0 {
		t.Errorf("outbox %v", n)
	}
}

// TestRepWhoIsNoMember: WeCom does not know one of two reps (81013). The card is given up, the other rep has the lead to take.
func TestRepWhoIsNoMember(t *testing.T) {
	w := newWorld(t, 1, nil)
	st := w.apps[0].store
	ghost := store.Rep{UserID: "nobody", Name: "无名", FilingNo: "x", FilingUntil: time.Now().AddDate(1, 0, 0).UnixMilli(), Active: true}
	if err := st.SaveRep(t.Context(), ghost); err != nil {
		t.Fatal(err)
	}
	reps, err := st.Reps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := st.SetTerritories(t.Context(), "nobody", reps[0].Territories); err != nil {
		t.Fatal(err)
	}
	talk(w)
	w.eventually("the card to be given up", func() bool { return outbox(t, w)[store.EffectCancel] == 1 })
	acceptFirst(t, w)
	if n := outbox(t, w); n[store.EffectDead] != 0 {
		t.Errorf("outbox %v", n)
	}
}
