package main

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// What the doctor, and the rep about him, put into every field that takes words. None of it stands anywhere else in the product.
const (
	uniqueName  = "欧阳渡渡"
	uniqueChat  = "独角兽闲聊"
	uniqueVoice = "语音里的旅鸽"
	uniquePlace = "斑驴路门诊楼"
	uniqueLink  = "大海雀综述"
	uniqueNote  = "主任下午在办公室，袋狼备注"
	uniqueNext  = "下周送恐鸟资料"
	uniqueEvent = "猛犸样皮疹"
	uniqueGain  = "有讲课费吗，袋獾会"
	uniqueAsk   = "儿童能用吗，指猴问"
	uniqueGripe = "代表态度很差，鸭嘴兽投诉"
)

// TestErasureThroughTheWire: a doctor does everything, leaves or asks to be erased, and no table, no key and no file knows him any more but the adverse event
// report. Whoever follows or writes again is new.
func TestErasureThroughTheWire(t *testing.T) {
	embedded := func(t *testing.T) map[string]string {
		return map[string]string{"redis_addr": storetest.RedisServer(t).Address, "data_dir": t.TempDir()}
	}
	unfollows := func(w *world) { w.call("/_sim/users/d1/unfollow", map[string]string{}) }
	follows := func(w *world) string {
		return fmt.Sprint(w.call("/_sim/users/d1/follow", map[string]string{})["replies"])
	}
	for name, tt := range map[string]struct {
		settings func(t *testing.T) map[string]string
		leave    func(w *world)
		back     func(w *world) string
	}{
		"sqlite": {embedded, unfollows, follows},
		"mariadb": {func(t *testing.T) map[string]string {
			s := realSettings(t)
			s["data_dir"] = t.TempDir()
			return s
		}, unfollows, follows},
		"on request": {embedded, func(w *world) {
			w.say("d1", "注销", "确定注销吗")
			w.say("d1", "是", "已注销")
		}, func(w *world) string { return w.say("d1", "你好") }},
	} {
		t.Run(name, func(t *testing.T) {
			values := tt.settings(t)
			w := newWorld(t, 1, values)
			welcome, link := doEverything(t, w)
			openID := openIDOf(w, "d1")
			at := store.Options{MySQLDSN: values["mysql_dsn"], DataDir: values["data_dir"]}
			words := []string{openID, uniqueName, uniqueChat, uniqueVoice, uniquePlace, uniqueLink, uniqueNote, uniqueNext, uniqueEvent, uniqueGain, uniqueAsk, uniqueGripe, link}
			heard := heardFrom(t, w, openID)
			for _, word := range words {
				if len(tablesWith(storetest.Dump(t, at), word)) == 0 && !strings.Contains(heard, word) {
					t.Errorf("%q was kept nowhere: the test proves nothing", word)
				}
			}
			before := reports(t, w)
			tt.leave(w)
			w.eventually("the card of the rep to say so", func() bool { return strings.Contains(fmt.Sprint(w.get("/_sim/reps/hanmei/messages")), "已删除") })
			w.call("/_sim/clock", map[string]string{"advance": "1m"})
			a := w.apps[0]
			w.eventually("the erasure to be finished", func() bool { return erasedAll(t, a) })
			checkErased(t, at, values["redis_addr"], words)
			if after := reports(t, w); after != before {
				t.Errorf("figures were %s, are %s", before, after)
			}
			if again := tt.back(w); unnumbered(again) != unnumbered(welcome) {
				t.Errorf("coming back got\n%s\nthe first follow\n%s", again, welcome)
			}
			r := recordOf(t, w, openID)
			if len(r.Answers)+len(r.Portrait)+len(r.Leads)+len(r.Visits)+len(r.Consents)+len(r.Sent)+len(r.Tags) != 0 || r.Doctor.OpenID != openID || len(r.Cases) != 1 {
				t.Errorf("who comes back is known: %+v", r)
			}
			w.say("d1", "医生", "是否同意")
		})
	}
}

// doEverything fills whatever a doctor can fill; it gives what the first follow was answered, and the secret part of the address of an export.
func doEverything(t *testing.T, w *world) (welcome, link string) {
	welcome = fmt.Sprint(w.call("/_sim/users/d1/follow", map[string]string{})["replies"])
	w.call("/_sim/users/d1/unfollow", map[string]string{})
	w.call("/_sim/clock", map[string]string{"advance": "2s"}) // events of one second are told apart by what they say
	talkAs(w, uniqueName)
	brief := acceptFirst(t, w)
	for _, act := range []struct {
		path string
		body map[string]any
	}{
		{"say", map[string]any{"text": uniqueChat}}, {"voice", map[string]any{"text": uniqueVoice}}, {"image", map[string]any{}},
		{"location", map[string]any{"latitude": 39.9, "longitude": 116.4, "label": uniquePlace}},
		{"link", map[string]any{"title": uniqueLink, "url": "https://example.com/a"}}, {"press", map[string]any{"key": "VISIT"}}, {"say", map[string]any{"text": "退出"}},
		{"say", map[string]any{"text": "资料"}}, {"say", map[string]any{"text": "退出"}},
		{"say", map[string]any{"text": uniqueGain}}, {"say", map[string]any{"text": uniqueAsk}}, {"say", map[string]any{"text": uniqueGripe}},
		{"say", map[string]any{"text": "我的标签"}}, {"say", map[string]any{"text": "1"}}, {"say", map[string]any{"text": "打开个性化"}}, {"say", map[string]any{"text": "是"}},
	} {
		w.call("/_sim/users/d1/"+act.path, anyBody(act.body))
	}
	report(t, w, brief, uniqueNote, uniqueNext)
	for _, line := range []struct{ say, want string }{
		{"预约", "哪天方便"}, {"下周三下午", "星期三"}, {"对", "怎样交流"}, {"医院", "已为您登记"},
	} {
		w.say("d1", line.say, line.want)
	}
	w.eventually("a card for the second lead", func() bool { return strings.Count(fmt.Sprint(w.get("/_sim/reps/hanmei/messages")), "新线索") == 2 })
	_, link, _ = strings.Cut(w.say("d1", "导出我的数据", "/d/export/"), "/d/export/")
	w.say("d1", "有个病人吃了以后"+uniqueEvent, "编号 AE-")
	return welcome, link[:20]
}

// heardFrom is what the journal of a doctor holds once its seal is taken off.
func heardFrom(t *testing.T, w *world, openID string) string {
	t.Helper()
	st := w.apps[0].store
	rec, err := st.DoctorRecord(t.Context(), store.DoctorID(st.Account(), openID))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, j := range rec.Journal {
		all.Write(j.Event)
		all.Write(j.Reply)
	}
	return all.String()
}

func anyBody(m map[string]any) any { return m }

// report files a rep's report with words of his own.
func report(t *testing.T, w *world, brief, note, next string) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{
		"at": {w.platform.Now().In(w.apps[0].cfg.Zone).Format("2006-01-02T15:04")}, "channel": {"face"}, "result": {"met"}, "prefers": {"video"}, "topics": {"ckd"},
		"ladder": {"A2"}, "barriers": {"evidence"}, "next_step": {next}, "heard_ae": {"no"}, "note": {note},
	}
	client := &http.Client{Jar: jar}
	if done := body(t, func() (*http.Response, error) { return client.PostForm(brief+"/visit", form) }); !strings.Contains(done, "已提交") {
		t.Fatalf("the report was not taken:\n%s", done)
	}
}

func openIDOf(w *world, user string) string {
	for _, u := range w.get("/_sim/users")["users"].([]any) {
		if line := u.(map[string]any); line["id"] == user {
			return line["openid"].(string)
		}
	}
	w.t.Fatal("no such doctor")
	return ""
}

// tablesWith are the tables in which a word stands.
func tablesWith(dump map[string][]string, word string) []string {
	var found []string
	for table, rows := range dump {
		if slices.ContainsFunc(rows, func(row string) bool { return strings.Contains(row, word) }) {
			found = append(found, table)
		}
	}
	slices.Sort(found)
	return found
}

// erasedAll finishes what can be finished and tells whether nothing is left.
func erasedAll(t *testing.T, a *app) bool {
	if _, err := a.bot.EraseDue(t.Context()); err != nil {
		t.Error(err)
	}
	open, err := a.store.OpenErasures(t.Context(), 10)
	return err == nil && len(open) == 0
}

// checkErased looks through every table, key and file.
func checkErased(t *testing.T, at store.Options, redis string, words []string) {
	t.Helper()
	dump := storetest.Dump(t, at)
	lawful := strings.Join(dump["cases"], "\n")
	delete(dump, "cases")
	keys := strings.Join(storetest.DumpRedis(t, redis), "\n")
	files := storetest.DumpFiles(t, at.DataDir)
	for _, word := range words {
		if found := tablesWith(dump, word); len(found) > 0 {
			t.Errorf("%q is left in %v", word, found)
		}
		if strings.Contains(keys, word) {
			t.Errorf("%q is left in Redis", word)
		}
		if strings.Contains(lawful, word) {
			continue // the report stands in the file too
		}
		for name, bytes := range files {
			if strings.Contains(bytes, word) {
				t.Errorf("%q is left in %s", word, name)
			}
		}
	}
	if !strings.Contains(lawful, uniqueEvent) || strings.Contains(lawful, words[0]) {
		t.Errorf("the report lost its words, or holds the openid: %s", lawful)
	}
}

// reports are figures that people see.
func reports(t *testing.T, w *world) string {
	t.Helper()
	st := w.apps[0].store
	doctors, err := st.DoctorPage(t.Context(), store.DoctorQuery{Page: 1, Size: 50})
	if err != nil {
		t.Fatal(err)
	}
	leads, err := st.LeadBoard(t.Context(), 50)
	if err != nil {
		t.Fatal(err)
	}
	status := map[string]int{}
	for _, l := range leads {
		status[l.Kind+" "+l.Outcome]++
	}
	cases, err := st.Cases(t.Context(), 50)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d doctors, leads %v, %d cases", doctors.Total, status, len(cases))
}

func recordOf(t *testing.T, w *world, openID string) store.DoctorRecord {
	t.Helper()
	st := w.apps[0].store
	r, err := st.DoctorRecord(t.Context(), store.DoctorID(st.Account(), openID))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// unnumbered takes the ids off the options: they name the turn.
func unnumbered(said string) string { return optionID.ReplaceAllString(said, "msgmenuid=N") }

var optionID = regexp.MustCompile(`msgmenuid=\d+`)
