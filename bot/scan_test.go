package bot

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/session"
	"github.com/vrep/vrep/store/storetest"
)

// code stores a code that opens the given flow.
func (p *phased) code(name, flow string, tags ...string) store.Scene {
	p.t.Helper()
	sc, err := p.st.AddScene(p.t.Context(), store.Scene{Kind: store.SceneMeeting, Name: name, Flow: flow, CreatedBy: "ops"}, tags)
	if err != nil {
		p.t.Fatal(err)
	}
	return sc
}

func (p *phased) tags() (tags []string) {
	for _, g := range remains(p.t, p.st, "o1").Record.Tags {
		tags = append(tags, g.Tag)
	}
	slices.Sort(tags)
	return tags
}

// scanned is one scan as a word: the code's name, f when the doctor began to follow by it, 1 when it was the first.
func (p *phased) scanned() (scans []string) {
	r := remains(p.t, p.st, "o1").Record
	for _, s := range slices.Backward(r.Scans) {
		word := r.SceneNames[s.Scene]
		if word == "" {
			word = s.Scene
		}
		if s.Followed {
			word += " f"
		}
		if s.FirstTouch {
			word += " 1"
		}
		scans = append(scans, word)
	}
	return scans
}

// A follow by a code and a scan by a follower are the same: counted with the turn, remembered, labelled, opened.
func TestScans(t *testing.T) {
	engines(t, func(t *testing.T, st *store.Store, se *session.Sessions) {
		invite(t, st)
		p := &phased{t: t, st: st, b: newBot(t, st, se, nil)}
		first, second, closed := p.code("代表码", "hello", "张代表"), p.code("会议码", "report", "秋季会"), p.code("旧码", "report", "旧")
		if err := st.CloseScene(t.Context(), closed.ID, "ops"); err != nil {
			t.Fatal(err)
		}
		if reply := p.says("@subscribe:qrscene_" + first.ID); !strings.Contains(reply, "怎么称呼您") {
			t.Errorf("welcome %q", reply)
		}
		if r := remains(t, st, "o1").Record; r.Doctor.Scene != first.ID || r.Doctor.LastScene != first.ID || len(r.Tags) != 0 {
			t.Errorf("doctor %+v, tags %v before consent", r.Doctor, r.Tags)
		}
		say(t, p.b, "o1", 0, "@subscribe:qrscene_"+first.ID) // sent again
		p.says("张三", "同意")
		if diff := cmp.Diff([]string{"张代表"}, p.tags()); diff != "" {
			t.Errorf("tags: %s", diff)
		}
		if reply := p.says("@SCAN:" + second.ID); !strings.Contains(reply, "您扫的码已记下") || !strings.Contains(reply, "哪个科室") {
			t.Errorf("in the talk %q", reply)
		}
		p.says("退出")
		if reply := p.says("@SCAN:" + second.ID); !strings.Contains(reply, "发生了什么") {
			t.Errorf("idle %q", reply)
		}
		p.says("退出")
		if reply := p.says("@SCAN:" + closed.ID); strings.Contains(reply, "发生了什么") {
			t.Errorf("a closed code opened: %q", reply)
		}
		p.says("@SCAN:"+strings.Repeat("x", 90), "@SCAN:")
		want := []string{"代表码 f 1", "会议码", "会议码", "旧码", strings.Repeat("x", 64)}
		if diff := cmp.Diff(want, p.scanned()); diff != "" {
			t.Errorf("scans (-want +got):\n%s", diff)
		}
		if d := remains(t, st, "o1").Record.Doctor; d.Scene != first.ID || d.LastScene != strings.Repeat("x", 64) || !slices.Equal(p.tags(), []string{"张代表", "秋季会"}) {
			t.Errorf("doctor %+v, tags %v", d, p.tags())
		}
		p.says("@unsubscribe", "@subscribe:last_trade_no_1", "@subscribe:qrscene_"+second.ID)
		if want := []string{"会议码 f 1"}; !cmp.Equal(want, p.scanned()) { // nobody remembers who left
			t.Errorf("scans after coming back: %v", p.scanned())
		}
		for _, last := range []bool{false, true} {
			page, err := st.ScenePage(t.Context(), store.SceneQuery{Last: last, Ended: true, Size: 10})
			if err != nil {
				t.Fatal(err)
			}
			doctors := map[string]int64{}
			for _, row := range page.Rows {
				doctors[row.Name] = row.Doctors
			}
			if want := map[string]int64{"代表码": 1, "会议码": 1, "旧码": 0}; !last && !cmp.Equal(want, doctors) {
				t.Errorf("first touch %v", doctors)
			}
			if want := map[string]int64{"代表码": 0, "会议码": 1, "旧码": 0}; last && !cmp.Equal(want, doctors) {
				t.Errorf("last touch %v", doctors)
			}
			if page.Stray != 1 {
				t.Errorf("%d scans of unknown codes", page.Stray)
			}
		}
	})
}

// Scans while a person has taken over, or after opting out, count and wake nobody.
func TestScansOfASleepingTalk(t *testing.T) {
	p := newPhased(t)
	sc := p.code("会议码", "report", "秋季会")
	p.says("@subscribe", "张三", "同意", "人工")
	if reply := p.says("@SCAN:" + sc.ID); reply != "" {
		t.Errorf("with a person: %q", reply)
	}
	p.want(store.PhaseHandedOff)
	p.says("继续", "退订")
	p.says("@SCAN:" + sc.ID)
	p.want(store.PhaseOptedOut)
	if got := p.scanned(); len(got) != 2 {
		t.Errorf("scans %v", got)
	}
}

// A decision on a page leaves what the same answer in the chat leaves, and says nothing in the chat.
func TestDecideConsent(t *testing.T) {
	engines(t, func(t *testing.T, st *store.Store, se *session.Sessions) {
		invite(t, st)
		p := &phased{t: t, st: st, b: newBot(t, st, se, nil)}
		ctx, id := t.Context(), store.DoctorID(storetest.Account, "o1")
		if err := p.b.DecideConsent(ctx, id, store.PurposeBase, "同意", true); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unknown doctor: %v", err)
		}
		p.says("@subscribe", "张三", "同意", "1", inviteCode, "同意", "好的")
		lead := remains(t, st, "o1").Record
		if len(lead.Leads) != 1 || lead.Leads[0].OpenKey == nil {
			t.Fatalf("leads %+v", lead.Leads)
		}
		if err := p.b.DecideConsent(ctx, id, store.PurposeShare, "收回同意（网页）", false); err != nil {
			t.Fatal(err)
		}
		r := remains(t, st, "o1").Record
		newest := r.Consents[0]
		if newest.Purpose != store.PurposeShare || newest.Granted || newest.Policy != "s1" || newest.Raw != "收回同意（网页）" || newest.Asked != "同意我们的同事与您联系吗？" {
			t.Errorf("consent %+v", newest)
		}
		if r.Leads[0].Status != store.LeadWithdrawn || r.Doctor.LastInboundAt != lead.Doctor.LastInboundAt {
			t.Errorf("lead %+v, doctor %+v", r.Leads[0], r.Doctor)
		}
		before := len(r.Consents)
		for range 2 {
			if err := p.b.DecideConsent(ctx, id, store.PurposeShare, "", false); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(remains(t, st, "o1").Record.Consents); n != before {
			t.Errorf("%d consents, want %d: nothing changed", n, before)
		}
		if err := p.b.DecideConsent(ctx, id, store.PurposeBase, "收回同意（网页）", false); err != nil {
			t.Fatal(err)
		}
		p.unknown()
		if got := p.consents(store.PurposeBase); !slices.Equal(got, []bool{true, false}) || strings.Contains(p.bodies(), "张三") {
			t.Errorf("base %v", got)
		}
		p.n += 10
		if reply := p.says("开始"); !strings.Contains(reply, "怎么称呼您") {
			t.Errorf("afterwards %q", reply)
		}
	})
}

// The address of a content item is put in when it leaves; what waits keeps the catalogue's own.
func TestTrackedLinks(t *testing.T) {
	var sent []Effect
	p := newPhased(t)
	p.b.link = func(doctor, content, effect string) string {
		return "https://v/r/" + doctor[:4] + "/" + content + "/" + effect
	}
	out := &outside{answer: func(_ int, e Effect) (Receipt, error) { sent = append(sent, e); return Receipt{}, nil }}
	id := doctorRow(t, p.st, "o1", nil)
	e := Effect{Key: "k1", Lane: store.DoctorLane(id), Kind: store.KindNews, Body: []byte(`{"openid":"o1","content":"lit","url":"https://c/1"}`)}
	for _, e := range []Effect{e, {Key: "k2", Lane: store.RepLane("r"), Kind: store.KindNews, Body: e.Body}, {Key: "k3", Lane: e.Lane, Kind: store.KindText, Body: e.Body}} {
		if _, err := p.b.call(t.Context(), out, e); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(string(sent[0].Body), `"https://v/r/`+id[:4]+`/lit/k1"`) || strings.Contains(string(e.Body), "/r/") {
		t.Errorf("sent %s, kept %s", sent[0].Body, e.Body)
	}
	for _, other := range sent[1:] {
		if !strings.Contains(string(other.Body), "https://c/1") {
			t.Errorf("%s was changed: %s", other.Key, other.Body)
		}
	}
}
