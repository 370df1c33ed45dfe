package store_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// bodies are the columns of the journal and of the answers as the tables hold them.
func bodies(t *testing.T, s *store.Store, doctor string) string {
	t.Helper()
	var all strings.Builder
	var turns []store.Journal
	var answers []store.Answer
	for _, err := range []error{
		s.DB(t.Context()).Where("conversation = ?", doctor).Find(&turns).Error, s.DB(t.Context()).Where("conversation = ?", doctor).Find(&answers).Error,
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, j := range turns {
		all.Write(bytes.Join([][]byte{j.Event, j.State, j.Reply}, []byte("|")))
	}
	for _, a := range answers {
		all.WriteString(a.Asked + a.Value + a.Label + a.Raw)
	}
	return all.String()
}

// TestWordsAreSealed: the tables hold no word of a doctor in clear, and every reading gives it back.
func TestWordsAreSealed(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		turn := newTurn("oSealed", 1, "m1")
		event, reply := string(turn.Journal.Event), string(turn.Journal.Reply)
		commit(t, s, turn)
		commit(t, s, newTurn("oSealed", 2, "m2"))
		id := turn.Doctor.ID
		if kept := bodies(t, s, id); kept == "" || strings.Contains(kept, "肾内科") || strings.Contains(kept, "nephrology") || strings.Contains(kept, "turn") {
			t.Errorf("kept in clear: %q", kept)
		}
		last, err := s.LastTurn(t.Context(), id)
		if err != nil || string(last.State) != `{"turn":2}` {
			t.Errorf("last turn %q, %v", last.State, err)
		}
		again, err := s.CommitTurn(t.Context(), newTurn("oSealed", 3, "m1"))
		if err != nil || !again.Duplicate || string(again.Reply) != reply {
			t.Errorf("resend got %q, %v", again.Reply, err)
		}
		by, err := s.TurnByKey(t.Context(), "m1")
		if err != nil || string(by.Event) != event {
			t.Errorf("by key %q, %v", by.Event, err)
		}
		rec, err := s.DoctorRecord(t.Context(), id)
		if err != nil || len(rec.Answers) != 2 || rec.Answers[0].Raw != "肾内科😀" || rec.Answers[0].Value != `"nephrology"` || len(rec.Journal) != 2 {
			t.Errorf("record %+v, %v", rec, err)
		}
	})
}

// TestKeysDiffer: two doctors who say the same have nothing in common, and a sealed row put into another place does not open.
func TestKeysDiffer(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		commit(t, s, newTurn("oA", 1, "a1"))
		commit(t, s, newTurn("oA", 2, "a2"))
		commit(t, s, newTurn("oB", 1, "b1"))
		var turns []store.Journal
		if err := s.DB(t.Context()).Order("message_key").Find(&turns).Error; err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(turns[0].Event, turns[2].Event) {
			t.Error("the same words of two doctors are kept the same")
		}
		moved := s.DB(t.Context()).Model(&store.Journal{}).Where("message_key = ?", "a2").UpdateColumn("state", turns[0].State)
		if moved.Error != nil {
			t.Fatal(moved.Error)
		}
		if _, err := s.LastTurn(t.Context(), turns[0].Conversation); !errors.Is(err, store.ErrSealed) {
			t.Errorf("a moved row opened: %v", err)
		}
	})
}

// TestErasingDestroysTheKey: rows that somebody kept from before cannot be read any more, and the doctor who comes back has another key.
func TestErasingDestroysTheKey(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		turn := newTurn("oGone", 1, "m1")
		commit(t, s, turn)
		id := turn.Doctor.ID
		var kept store.Journal
		if err := s.DB(t.Context()).Where("message_key = ?", "m1").Take(&kept).Error; err != nil {
			t.Fatal(err)
		}
		if _, err := s.Erase(t.Context(), id, store.EraseRequest); err != nil {
			t.Fatal(err)
		}
		if n := count(t, s, &store.Doctor{}, "id = ? AND COALESCE(LENGTH(sealed_key), 0) = 0", id); n != 1 {
			t.Error("the key is still there")
		}
		restored := s.DB(t.Context()).Model(&store.Journal{}).Where("message_key = ?", "m1").UpdateColumn("event", kept.Event)
		if restored.Error != nil {
			t.Fatal(restored.Error)
		}
		if j, err := s.TurnByKey(t.Context(), "m1"); err != nil || len(j.Event) != 0 {
			t.Errorf("an old copy reads %q, %v", j.Event, err)
		}
		back := newTurn("oGone", 3, "m3")
		back.Doctor.Version = 1
		commit(t, s, back)
		if j, err := s.TurnByKey(t.Context(), "m1"); err != nil || len(j.Event) != 0 {
			t.Errorf("with the new key an old copy reads %q, %v", j.Event, err)
		}
	})
}

// TestAnotherSecret: a process with the wrong secret of the house says so and reads nothing.
func TestAnotherSecret(t *testing.T) {
	for name, at := range map[string]store.Options{"sqlite": {DataDir: t.TempDir()}, "mariadb": {MySQLDSN: storetest.DSN(t)}} {
		t.Run(name, func(t *testing.T) {
			s := storetest.Open(t, at)
			turn := newTurn("oA", 1, "a1")
			commit(t, s, turn)
			at.Secret = []byte(strings.Repeat("x", 40))
			wrong := storetest.Open(t, at)
			if _, err := wrong.LastTurn(t.Context(), turn.Doctor.ID); !errors.Is(err, store.ErrSealed) {
				t.Errorf("got %v", err)
			}
			if _, err := wrong.CommitTurn(t.Context(), newTurn("oA", 2, "a2")); !errors.Is(err, store.ErrSealed) {
				t.Errorf("committing: %v", err)
			}
			if diff := cmp.Diff(int64(1), count(t, s, &store.Journal{}, "conversation = ?", turn.Doctor.ID)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestRowsFromBefore: what was written before there were keys is read as it is.
func TestRowsFromBefore(t *testing.T) {
	s := storetest.SQLite(t)
	turn := newTurn("oOld", 1, "m1")
	commit(t, s, turn)
	clear := s.DB(t.Context()).Model(&store.Journal{}).Where("message_key = ?", "m1").UpdateColumn("state", []byte(`{"turn":7}`))
	if clear.Error != nil {
		t.Fatal(clear.Error)
	}
	if j, err := s.LastTurn(t.Context(), turn.Doctor.ID); err != nil || string(j.State) != `{"turn":7}` {
		t.Errorf("%q, %v", j.State, err)
	}
}
