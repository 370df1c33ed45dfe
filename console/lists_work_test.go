package console_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// asked is what only doctor i has said at the meeting, and lets be quoted.
func asked(i int) string { return fmt.Sprintf("第%02d位在会上问", i) }

// crowdAtWork lets everybody of a crowd be at one meeting, ask something there and be called afterwards, be given to the wrong rep and then to that of the hospital, invite the next one,
// and say something that may be quoted. It gives the ids of what pages show of it. Strangers have scanned the cards of those whom a rep knows.
func crowdAtWork(t *testing.T, s *site, ids []string) (objects []string) {
	t.Helper()
	objects = append(objects, putMeeting(t, s))
	s.clock.add(6 * time.Minute)
	until, rows := s.clock.now().Add(time.Hour).UnixMilli(), make([]store.Presence, len(ids))
	for i, id := range ids {
		rows[i] = store.Presence{Doctor: id, Came: true, Minutes: 30}
	}
	must(t, s.store.RecordPresence(t.Context(), objects[0], rows, until))
	reps := []string{"wang", "li"}
	for i, id := range ids {
		own := min(i/2, 1)
		must(t, s.store.HearMeetings(t.Context(), store.MeetingSaid{Meeting: objects[0], Doctor: id, Said: map[string]string{"answer": "accept", "question": asked(i)}}))
		must(t, s.store.FollowUpMeeting(t.Context(), store.FollowUp{Meeting: objects[0], Doctor: id, Outcome: store.OutcomeView, Words: asked(i)}))
		objects = append(objects, giveDoctor(t, s, id, reps[1-own]), giveDoctor(t, s, id, reps[own]))
		d := doctorRow(t, s.store, id)
		commit(t, s.store, store.Turn{
			Journal: store.Journal{Seq: 2, MessageKey: "work" + id, Kind: "text", Event: []byte(`{}`), Reply: []byte(`{}`)}, Doctor: d,
			Quotes:    []store.Quote{{ID: fmt.Sprintf("%032d", 100+i), Words: asked(i)}},
			Signs:     []store.QuoteSign{{ID: fmt.Sprintf("%032d", 100+i), Signature: store.SignName}},
			Consents:  []store.Consent{{Conversation: id, Seq: 2, Purpose: store.PurposeQuote, Granted: true}},
			PeerCards: []store.PeerCard{{ID: fmt.Sprintf("%032d", 200+i), Scene: fmt.Sprint("card-", i), Most: 9, ExpiresAt: until}},
		})
		storetest.Exec(t, s.place, fmt.Sprintf(`INSERT INTO referrals (other, account, doctor, card, followed_at, consented_at, verified_at, active_at, credited_at, withheld)
			VALUES ('%s', '%s', '%s', '%032d', 1, 1, 1, 0, 0, '')`, ids[(i+10)%len(ids)], s.store.Account(), id, 200+i))
	}
	for _, rep := range reps {
		var rows []store.Transfer
		for i, id := range ids {
			if reps[min(i/2, 1)] == rep {
				rows = append(rows, store.Transfer{Doctor: id, To: "wang"})
			}
		}
		d, err := s.store.OpenDeparture(t.Context(), store.Departure{Rep: rep, Cause: store.DepartTerritory, Reason: "换区域"}, rows)
		must(t, err)
		objects = append(objects, d.ID)
	}
	return objects
}

// TestMaskedListsTellNothing opens every page as every role that sees no names on it: neither a name nor anything that a doctor has said stands there, but for
// words that a doctor lets be quoted under the name.
func TestMaskedListsTellNothing(t *testing.T) {
	s := newSite(t)
	ids := crowdOf(t, s)
	objects := crowdAtWork(t, s, ids)
	seen, people := map[string]bool{}, map[string]*browser{}
	for _, r := range s.console.Table() {
		if r.Method != http.MethodGet || r.Path == "/console/quotes" {
			continue
		}
		paths := []string{strings.TrimSuffix(r.Path, "{$}")}
		if r.Object != "" {
			paths = nil
			for _, id := range slices.Concat(ids[:3], objects, []string{"h1", fmt.Sprintf("%032d", 1)}) {
				paths = append(paths, strings.Replace(r.Path, r.Object[strings.Index(r.Object, "{"):], id, 1))
			}
		}
		for role, sight := range r.Grants {
			if sight != "masked" && sight != "blind" && sight != "counts" {
				continue
			}
			if people[role] == nil {
				people[role] = s.as(role)
			}
			for _, path := range paths {
				page := people[role].get(path)
				seen[r.Path] = seen[r.Path] || page.code == http.StatusOK
				for _, sign := range []string{"众医生第", "位在会上问", "o-crowd"} {
					if strings.Contains(page.body, sign) {
						t.Errorf("%s as %s (%s) shows %q", path, role, sight, sign)
					}
				}
			}
		}
	}
	for _, path := range []string{"/console/meetings/{id}", "/console/invitations", "/console/supers", "/console/doctors/{id}"} {
		if !seen[path] {
			t.Errorf("nobody without names has opened %s", path)
		}
	}
}

// TestASheetTellsNoNumber: who sees no names does not learn whose number a name is by writing it on a sheet of who came.
func TestASheetTellsNoNumber(t *testing.T) {
	s := newSite(t)
	id := sides(t, s).own["/console/meetings/{id}"]
	s.clock.add(6 * time.Minute)
	page := s.as(store.RoleMarketing).post("/console/meetings/"+id+"/run/presence", "sheet", "张敏 62\n没有这人 30")
	if wantHas(t, page, "第 1 行", "第 2 行", "请写医生编号"); strings.Contains(page.body, "没有这位医生") {
		t.Error("a name that nobody has is told apart")
	}
	if f, err := s.store.MeetingFile(t.Context(), id); err != nil || f.Came != 0 {
		t.Errorf("%+v, %v", f.MeetingFigures, err)
	}
}
