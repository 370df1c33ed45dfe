package bot

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// shippedAnswers is what a willing doctor answers to the questions of the shipped flows, by question; consents and read-backs get a yes, anything else is
// passed over.
var shippedAnswers = map[string]string{
	"profession": "1", "name": "王建国", "hospital": "瑞金医院", "department": "1", "title": "1",
	"method": "1", "code": inviteCode, "setting": "1", "patient_band": "4", "values": "1、3", "ladder": "3", "barrier": "6", "wanted": "1",
	"topics": "1", "rhythm": "1", "visit_wish": "1", "time": "下周三下午", "place": "1", "way": "1",
}

// pendingQuestion reads from the journal what is being asked.
func pendingQuestion(t *testing.T, st *store.Store, openID string) (question, phase string, idle bool) {
	t.Helper()
	j, err := st.LastTurn(t.Context(), store.DoctorID(st.Account(), openID))
	if err != nil {
		t.Fatal(err)
	}
	talk, err := decodeTalk(j.State)
	if err != nil {
		t.Fatal(err)
	}
	if talk.State.Idle() {
		return "", talk.Phase, true
	}
	if len(talk.State.Frames) > 0 {
		question = talk.State.Frames[len(talk.State.Frames)-1].Q
	}
	return question, talk.Phase, false
}

// shipped is a bot on the shipped flows.
func shipped(t *testing.T) (*Bot, *store.Store) {
	t.Helper()
	l, problems := flows.Load(os.DirFS("../flows/library"))
	for _, p := range problems {
		if p.Level == "error" {
			t.Fatalf("the shipped flows have an error: %+v", p)
		}
	}
	st := storetest.SQLite(t, fixed)
	invite(t, st)
	engine, err := flows.NewEngine(l, OldLibraries(st))
	if err != nil {
		t.Fatal(err)
	}
	return newBot(t, st, storetest.Embedded(t), func(o *Options) { o.Engine = always(engine) }), st
}

// The ways out of the shipped base consent, each on the path that a doctor takes: nothing is kept, and no word typed since is left.
func TestTheShippedConsentForgets(t *testing.T) {
	for name, c := range map[string]struct {
		says []string
		gone string
		base []bool
	}{
		"refused":            {[]string{"医生", "不同意"}, "医生", []bool{false}},
		"taken back":         {[]string{"医生", "同意", "返回"}, "", []bool{true, false}},
		"taken back, no":     {[]string{"医生", "同意", "返回", "不同意"}, "医生", []bool{true, false, false}},
		"further back":       {[]string{"医生", "同意", "返回", "返回", "护士"}, "", []bool{true, false}},
		"never clear":        {[]string{"医生", "WORDX", "嗯", "哦"}, "WORDX", []bool{false}},
		"after a restart":    {[]string{"WORDW", "重新开始", "是", "医生", "不同意"}, "WORDW", []bool{false}},
		"after an early end": {[]string{"医生", "WORDQ", "退出", "开始", "医生", "不同意"}, "WORDQ", []bool{false}},
	} {
		t.Run(name, func(t *testing.T) {
			b, st := shipped(t)
			p := &phased{t: t, st: st, b: b}
			p.says("@subscribe")
			p.says(c.says...)
			p.unknown()
			if got := p.consents(store.PurposeBase); !slices.Equal(got, c.base) {
				t.Errorf("base %v, want %v", got, c.base)
			}
			for _, j := range remains(t, st, "o1").Record.Journal {
				if c.gone != "" && strings.Contains(string(j.Event)+string(j.State)+string(j.Reply), `"`+c.gone) {
					t.Errorf("turn %d still holds %s: %s %s %s", j.Seq, c.gone, j.Event, j.State, j.Reply)
				}
			}
		})
	}
}

// The shipped flows, from the follow to the wish for a visit: a verified doctor with a portrait, content on its way and a lead.
func TestTheShippedFlowsMakeALead(t *testing.T) {
	b, st := shipped(t)
	say(t, b, "o1", 0, "@subscribe")
	n := 1
	for ; n < 60; n++ {
		question, phase, idle := pendingQuestion(t, st, "o1")
		answer := shippedAnswers[question]
		switch {
		case idle:
			answer = "首次拜访"
		case phase == store.PhaseConsent:
			answer = "同意"
		case phase == store.PhaseConfirm:
			answer = "是"
		case answer == "":
			answer = "跳过"
		}
		say(t, b, "o1", n, answer)
		if len(remains(t, st, "o1").Record.Leads) > 0 {
			break
		}
	}
	r := remains(t, st, "o1").Record
	if r.Doctor.Level != store.LevelVerified || r.Doctor.Name != "王建国" || r.Doctor.HospitalName == "" || r.Doctor.Hospital == r.Doctor.HospitalName {
		t.Errorf("doctor after %d events: %+v", n, r.Doctor)
	}
	if len(r.Leads) != 1 || r.Leads[0].Status != store.LeadNew || !r.Leads[0].Explicit || r.Leads[0].DueAt == 0 {
		t.Errorf("leads after %d events: %+v", n, r.Leads)
	}
	if len(r.Sent) == 0 || len(r.Portrait) < 6 || len(r.Scores) == 0 {
		t.Errorf("%d contents, %d portrait values, %d scores", len(r.Sent), len(r.Portrait), len(r.Scores))
	}
}
