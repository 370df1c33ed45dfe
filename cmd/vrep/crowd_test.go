package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/bot"
	"github.com/vrep/vrep/sim"
	"github.com/vrep/vrep/store"
)

var (
	crowdSize  = flag.Int("crowd", 60, "doctors who speak at once in TestCrowd")
	crowdPause = flag.String("pause", "", "mean of how long each of them reads before answering")
)

// Many doctors at once go through the shipped onboarding, while some callbacks come twice, some networks are slow and the token expires. Afterwards each of
// them has exactly the turns, answers and messages that one doctor alone has, and nobody saw the platform's failure line. How long replies took is
// printed beside what the simulator itself needs for the same crowd and a server that only says success; it is not judged.
func TestCrowd(t *testing.T) {
	for _, tt := range []struct {
		name     string
		settings func(t *testing.T) map[string]string
	}{
		{"embedded", func(*testing.T) map[string]string { return nil }},
		{"mariadb and redis", realSettings},
	} {
		t.Run(tt.name, func(t *testing.T) {
			alone := simulatorAlone(t, *crowdSize)
			w := newWorld(t, 1, tt.settings(t))
			w.patience += time.Duration(*crowdSize) * 100 * time.Millisecond
			if err := w.apps[0].store.AddInvite(t.Context(), store.Invite{Code: crowdScript[8], MaxUses: 1 << 30}); err != nil {
				t.Fatal(err)
			}
			visit(t, w.platform, "alone", 1, "")
			w.settled()
			trouble(t, w.platform)
			expired := make(chan error, 1)
			go func() { expired <- expireToken(w, int64(*crowdSize*len(crowdScript)/2)) }()
			crowd := visit(t, w.platform, "crowd", *crowdSize, *crowdPause)
			if err := <-expired; err != nil {
				t.Errorf("letting the token expire: %v", err)
			}
			w.settled()
			for i, r := range crowd {
				t.Logf("%d doctors: %d acts, %.0f/s, p50 %.0f ms, p99 %.0f ms; simulator alone p50 %.0f ms, p99 %.0f ms; ratio %.1f and %.1f", *crowdSize, r.Acts, r.PerSecond,
					r.Latency.P50, r.Latency.P99, alone[i].Latency.P50, alone[i].Latency.P99, r.Latency.P50/alone[i].Latency.P50, r.Latency.P99/alone[i].Latency.P99)
			}
			checkCrowd(t, w, crowd)
		})
	}
}

// crowdScript is what each doctor types after following: the onboarding with its verification, the first visit, and no further talk.
var crowdScript = []string{
	"医生", "同意", "同意", "王建国", "北京协和医院", "心内", "主任医师", "邀请码", "CROWD1",
	"门诊", "4", "1、2", "3", "3", "文献和会议", "肾病", "每两周", "先不",
}

// visit lets doctors follow and then go through the script, all of them at once; between two lines they read for a while.
func visit(t *testing.T, p *sim.Platform, prefix string, doctors int, pause string) []sim.BurstReport {
	t.Helper()
	var out []sim.BurstReport
	for _, o := range []sim.BurstOrder{{Act: "follow", Rounds: 1}, {Texts: crowdScript, Rounds: len(crowdScript), Pause: pause}} {
		o.Users, o.Prefix = doctors, prefix
		r, err := p.Burst(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// trouble plans what may happen to callbacks on their way.
func trouble(t *testing.T, p *sim.Platform) {
	t.Helper()
	for _, body := range []string{`{"kind":"duplicate","percent":5}`, `{"kind":"slow","percent":2}`} {
		if got := string(platformCall(p, http.MethodPost, "/_sim/deliveries", body)); !strings.Contains(got, "percent") {
			t.Fatal(got)
		}
	}
}

// simulatorAlone is the same crowd and the same trouble against a server that does nothing.
func simulatorAlone(t *testing.T, doctors int) []sim.BurstReport {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "success") }))
	defer server.Close()
	p, err := sim.New(simOptions(worldConfig(t, server.URL, nil), server.URL, "", slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	trouble(t, p)
	return visit(t, p, "crowd", doctors, *crowdPause)
}

// expireToken waits until so many callbacks were delivered and lets somebody else draw a new token by force, which ends ours.
func expireToken(w *world, after int64) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	var counters struct{ Deliveries int64 }
	for counters.Deliveries < after {
		if err := json.Unmarshal(platformCall(w.platform, http.MethodGet, "/_sim/counters", ""), &counters); err != nil {
			return err
		}
		<-tick.C
	}
	c := w.apps[0].cfg.WeChat
	body := fmt.Sprintf(`{"grant_type":"client_credential","appid":%q,"secret":%q,"force_refresh":true}`, c.AppID, c.AppSecret.Reveal())
	if answer := platformCall(w.platform, http.MethodPost, "/_sim/api/wechat/cgi-bin/stable_token", body); !strings.Contains(string(answer), "access_token") {
		return fmt.Errorf("no token: %s", answer)
	}
	return nil
}

// platformCall calls the simulator without a connection.
func platformCall(p *sim.Platform, method, path, body string) []byte {
	res := httptest.NewRecorder()
	p.Handler().ServeHTTP(res, httptest.NewRequest(method, path, strings.NewReader(body)))
	return res.Body.Bytes()
}

// settled waits until nothing is left to be sent.
func (w *world) settled() {
	w.t.Helper()
	w.eventually("the outbox to be empty", func() bool {
		counts, err := w.apps[0].store.OutboxCounts(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		return counts[store.EffectReady]+counts[store.EffectClaimed] == 0
	})
}

func checkCrowd(t *testing.T, w *world, reports []sim.BurstReport) {
	t.Helper()
	for _, r := range reports {
		if r.Notices != 0 || r.Errors != 0 {
			t.Errorf("%d notices, %d errors: %s", r.Notices, r.Errors, r.FirstErr)
		}
	}
	want, bad := w.kept(t, "alone1"), 0
	if len(want.Turns) != 1+len(crowdScript) || want.Level != store.LevelVerified {
		t.Fatalf("the doctor alone: %+v", want)
	}
	for n := range *crowdSize {
		id := fmt.Sprintf("crowd%d", n+1)
		if diff := cmp.Diff(want, w.kept(t, id)); diff != "" {
			if bad++; bad <= 3 {
				t.Errorf("%s differs from the doctor alone (-alone +crowd):\n%s", id, diff)
			}
		}
	}
	if bad > 0 {
		t.Errorf("%d of %d doctors differ", bad, *crowdSize)
	}
	var c map[string]any
	if err := json.Unmarshal(platformCall(w.platform, http.MethodGet, "/_sim/counters", ""), &c); err != nil {
		t.Fatal(err)
	}
	if c["notices"] != 0.0 || c["refused_replies"] != 0.0 {
		t.Errorf("the platform was not content: %v", c)
	}
	t.Logf("%v deliveries, %v resends, %v duplicates, %v service messages, API errors %v", c["deliveries"], c["retries"], c["duplicates"], c["services"], c["api_errors"])
}

// choiceID is what the links of options differ in from doctor to doctor.
var choiceID = regexp.MustCompile(`msgmenuid=\d+`)

// kept is what the database holds of a doctor and what the doctor's phone shows, without whatever differs between two doctors.
type kept struct {
	Level    int
	Name     string
	Turns    []string // in order
	Answers  []string
	Consents []string
	Portrait []string
	Unsent   []string // effects that did not go out
	Cases    int
	Leads    int
	Seen     []string // bubbles of the bot, sorted: a late reply may come after another message
}

// derived reads the record of a doctor once everything has been derived from it. A doctor who is being worked on is due again within a minute; one with whom the
// loop is done is due when time changes something, such as a point that fades.
func (w *world) derived(openID string) (r store.DoctorRecord) {
	w.t.Helper()
	st := w.apps[0].store
	w.eventually("classes and topics to be derived", func() bool {
		var err error
		if r, err = st.DoctorRecord(w.t.Context(), store.DoctorID(st.Account(), openID)); err != nil {
			w.t.Fatal(err)
		}
		return r.Doctor.RefreshAt == 0 || r.Doctor.RefreshAt > st.Now()+2*time.Minute.Milliseconds()
	})
	return r
}

func (w *world) kept(t *testing.T, user string) kept {
	t.Helper()
	var v struct{ OpenID string }
	if err := json.Unmarshal(platformCall(w.platform, http.MethodGet, "/_sim/users/"+user, ""), &v); err != nil {
		t.Fatal(err)
	}
	r := w.derived(v.OpenID)
	k := kept{Level: r.Doctor.Level, Name: r.Doctor.Name, Cases: len(r.Cases), Leads: len(r.Leads)}
	slices.SortFunc(r.Journal, func(a, b store.Journal) int { return int(a.Seq - b.Seq) })
	for i, j := range r.Journal {
		var in bot.Inbound
		if err := json.Unmarshal(j.Event, &in); err != nil || j.Seq != int64(i+1) {
			t.Errorf("turn %d of %s: %v", j.Seq, user, err)
		}
		k.Turns = append(k.Turns, in.Event+in.Text)
	}
	for _, a := range r.Answers {
		k.Answers = append(k.Answers, fmt.Sprint(a.Seq, a.Question, a.Value))
	}
	for _, c := range r.Consents {
		k.Consents = append(k.Consents, fmt.Sprint(c.Seq, c.Purpose, c.Granted))
	}
	for _, p := range r.Portrait {
		k.Portrait = append(k.Portrait, p.Field+" "+p.Value)
	}
	for _, e := range r.Effects {
		if e.Status != store.EffectDone {
			k.Unsent = append(k.Unsent, e.Kind+" "+e.Status+" "+e.Reason)
		}
	}
	var chat struct{ Messages []sim.Message }
	if err := json.Unmarshal(platformCall(w.platform, http.MethodGet, "/_sim/users/"+user+"/transcript", ""), &chat); err != nil {
		t.Fatal(err)
	}
	for _, m := range chat.Messages {
		if m.From != "doctor" {
			k.Seen = append(k.Seen, m.From+" "+m.Kind+" "+choiceID.ReplaceAllString(m.Text, "")+m.Title)
		}
	}
	slices.Sort(k.Answers)
	slices.Sort(k.Consents)
	slices.Sort(k.Seen)
	return k
}
