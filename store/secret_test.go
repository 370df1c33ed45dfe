package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

const (
	phone   = "13812345678"
	licence = "110110000000001"
)

// addresses are the two engines by address, for tests that look at the database from outside.
func addresses(t *testing.T) map[string]store.Options {
	return map[string]store.Options{"sqlite": {DataDir: t.TempDir()}, "mariadb": {MySQLDSN: storetest.DSN(t)}}
}

// gives is a turn in which the doctor gives a protected value, and in which it is repeated to others.
func gives(openID string, seq int64, field, value, raw string) *store.Turn {
	turn := newTurn(openID, seq, fmt.Sprint(openID, "|", seq))
	id := turn.Doctor.ID
	event, err := json.Marshal(map[string]string{"text": raw})
	if err != nil {
		panic(err)
	}
	turn.Journal.Event = event
	turn.Answers[0].Question, turn.Answers[0].Value, turn.Answers[0].Label, turn.Answers[0].Raw = field, `"`+value+`"`, value, raw
	turn.Portrait = []store.PortraitValue{{
		Doctor: id, Field: field, Value: `"` + value + `"`, Label: value, Source: store.SourceAnswer, Ref: fmt.Sprintf("%s:%d:0", id, seq), At: time.Now().UnixMilli(),
	}}
	e := effect(turn, 0)
	e.Body = []byte(`{"openid":"o","text":"我们会打 ` + value + `"}`)
	turn.Effects = []store.Effect{e}
	turn.Leads = []store.Lead{{ID: fmt.Sprint(openID, seq), Doctor: id, Kind: fmt.Sprint("kind", seq), Lines: `[{"evidence":"` + value + `"}]`, Note: "电话 " + value, Why: value, Wish: value}}
	turn.Notices = []store.Notice{{ID: fmt.Sprint("n", openID, seq), Doctor: id, Team: store.TeamOps, Words: "请回电 " + value}}
	return turn
}

// nowhere wants that no row of any table holds one of the texts.
func nowhere(t *testing.T, o store.Options, texts ...string) {
	t.Helper()
	for table, rows := range storetest.Dump(t, o) {
		all := strings.Join(rows, "\n")
		for _, text := range texts {
			if strings.Contains(all, text) {
				t.Errorf("%s holds %s", table, text)
			}
		}
	}
}

// TestProtectedValuesStandInSecretsAlone: what a doctor gives is masked in every row that people read, is in clear in no table, and one reading gives it back.
func TestProtectedValuesStandInSecretsAlone(t *testing.T) {
	for name, o := range addresses(t) {
		t.Run(name, func(t *testing.T) {
			s := storetest.Open(t, o)
			turn := gives("oS", 1, "mobile", phone, "我的是"+phone)
			commit(t, s, turn)
			commit(t, s, gives("oS", 2, "licence_no", licence, licence))
			nowhere(t, o, phone, licence)
			id := turn.Doctor.ID
			rec, err := s.DoctorRecord(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{
				"value": rec.Portrait[1].Value, "label": rec.Portrait[1].Label, "answer": rec.Answers[1].Raw, "label of the answer": rec.Answers[1].Label,
				"message": string(rec.Journal[1].Event), "note": rec.Leads[0].Note, "licence": rec.Portrait[0].Label,
			}
			want := map[string]string{
				"value": `"138****5678"`, "label": "138****5678", "answer": "我的是138****5678", "label of the answer": "138****5678",
				"message": `{"text":"我的是138****5678"}`, "note": "电话 138****5678", "licence": "110****0001",
			}
			if rec.Leads[0].Kind == "kind2" {
				got["note"] = rec.Leads[1].Note
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			dpo := as(t, store.Viewer{Name: "dpo", Role: store.RoleCompliance, Reach: store.ReachAll})
			for field, want := range map[string]string{"mobile": phone, "licence_no": licence} {
				if v, err := s.Unmask(dpo, id, field, "核对身份"); err != nil || v != want {
					t.Errorf("%s: %q, %v", field, v, err)
				}
			}
			nowhere(t, o, phone, licence) // nor did reading leave it in the audit
		})
	}
}

// TestSecretFollowsThePortrait: a confirmed mask keeps its value, a newer value takes its place, taking that back brings the earlier one again.
func TestSecretFollowsThePortrait(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		commit(t, s, gives("oF", 1, "mobile", phone, phone))
		id := store.DoctorID(storetest.Account, "oF")
		dpo := as(t, store.Viewer{Name: "dpo", Role: store.RoleCompliance, Reach: store.ReachAll})
		stands := func(want string) {
			t.Helper()
			if v, err := s.Unmask(dpo, id, "mobile", "核对身份"); v != want {
				t.Errorf("stands %q, want %q, %v", v, want, err)
			}
		}
		stands(phone)
		commit(t, s, gives("oF", 2, "mobile", "138****5678", "对"))
		stands(phone)
		if err := s.Observe(t.Context(), id, store.Observation{Field: "mobile", Value: `"13999990000"`, Label: "13999990000", Source: store.SourceConsole}); err != nil {
			t.Fatal(err)
		}
		stands("13999990000")
		if err := s.Observe(t.Context(), id, store.Observation{Field: "mobile", Value: store.TakenBack, Source: store.SourceConsole}); err != nil {
			t.Fatal(err)
		}
		stands(phone)
		if p, err := s.RebuildDoctor(t.Context(), id, store.Rebuilding{}); err != nil || len(p.Differences) != 0 {
			t.Errorf("rebuilding: %+v, %v", p, err)
		}
		if err := s.Observe(t.Context(), id, store.Observation{Field: "mobile", Value: store.Cleared, Source: store.SourceConsole}); err != nil {
			t.Fatal(err)
		}
		stands("")
	})
}

// TestMask: who knows the value recognises it, nobody else can tell it.
func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		phone: "138****5678", licence: "110****0001", "0571-88": "0****88", "男": "***", "": "***", "wang@example.com": "w***@example.com", "张@x": "张***@x",
	} {
		if got := store.Mask(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// TestMaskNumbers: what a page shows of a message has no phone in it, and keeps the rest.
func TestMaskNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"请打" + phone + "，下午": "请打138****5678，下午", "编码" + licence: "编码110****0001", "每月 30 位，2026年": "每月 30 位，2026年", "31.23,121.47": "31.23,121.47",
	} {
		if got := store.MaskNumbers(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// TestReadyTwice changes nothing more, so that a turn may be remembered before it is committed.
func TestReadyTwice(t *testing.T) {
	s := storetest.SQLite(t)
	turn := gives("oT", 1, "mobile", phone, phone)
	s.Ready(turn)
	once := *turn
	s.Ready(turn)
	if diff := cmp.Diff(once, *turn); diff != "" {
		t.Error(diff)
	}
	if len(turn.Secrets) != 1 || turn.Portrait[0].Label != "138****5678" {
		t.Errorf("%+v", turn.Portrait)
	}
}

// TestMergedSecretOpens: what a list of the house said of a person goes to the follower who that person is, under another key.
func TestMergedSecretOpens(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		id := knownDoctor(t, s, "oM", false, nil)
		key := "m1"
		gone := addDoctor(t, s, store.Doctor{OpenID: "", ID: "master1", Name: "oM", Hospital: "h", MasterKey: &key, Phase: store.PhaseIdle}, nil)
		exec(t, s, "UPDATE doctors SET master_key = 'm1' WHERE id = ?", gone)
		said := store.Observation{Field: "mobile", Value: `"` + phone + `"`, Label: phone, Source: store.SourceImport, Ref: "import:1"}
		if err := s.Observe(t.Context(), gone, said); err != nil {
			t.Fatal(err)
		}
		if _, err := s.MergeDoctors(t.Context(), id, gone, store.MergeByPerson, "anna"); err != nil {
			t.Fatal(err)
		}
		dpo := as(t, store.Viewer{Name: "dpo", Role: store.RoleCompliance, Reach: store.ReachAll})
		if v, err := s.Unmask(dpo, id, "mobile", "核对身份"); err != nil || v != phone {
			t.Errorf("%q, %v", v, err)
		}
		if n := count(t, s, &store.Secret{}, "doctor = ?", gone); n != 0 {
			t.Errorf("%d values stayed with who went", n)
		}
		if n := count(t, s, &store.Merge{}, "detail LIKE ?", "%"+phone+"%"); n != 0 {
			t.Error("the merge holds the value")
		}
	})
}

// before is a database as the version before left it: the tables of then, values in clear.
func before(t *testing.T, o store.Options, turns ...*store.Turn) {
	t.Helper()
	o.Protected = func() []string { return nil }
	s := storetest.Open(t, o)
	for _, turn := range turns {
		commit(t, s, turn)
	}
	old := []string{"DROP TABLE secrets", "ALTER TABLE verifications DROP COLUMN asked", "ALTER TABLE verifications DROP COLUMN reason"}
	if s.Embedded() {
		old = append(old, `CREATE TABLE secrets (doctor TEXT NOT NULL, field TEXT NOT NULL, PRIMARY KEY (doctor, field))`, "DROP INDEX doctors_by_reverify")
	} else {
		old = append(old, `CREATE TABLE secrets (doctor VARCHAR(32) NOT NULL, field VARCHAR(64) NOT NULL, PRIMARY KEY (doctor, field)) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`, "DROP INDEX doctors_by_reverify ON doctors")
	}
	for _, statement := range append(old, "UPDATE doctors SET verified_at = 0, reverify_at = 0", "DELETE FROM schema_migrations WHERE id = '0006_identity'") {
		storetest.Exec(t, o, statement)
	}
}

// TestEarlierValuesAreProtected brings a database of the version before up to this one.
func TestEarlierValuesAreProtected(t *testing.T) {
	for name, o := range addresses(t) {
		t.Run(name, func(t *testing.T) {
			verified := newTurn("oV", 1, "v1")
			verified.Doctor.Level, verified.Doctor.UpdatedAt = store.LevelVerified, 5
			before(t, o, gives("oE", 1, "mobile", phone, "打 "+phone), gives("oE", 2, "licence_no", licence, licence), verified)
			s := storetest.Open(t, o)
			nowhere(t, o, phone, licence)
			id := store.DoctorID(storetest.Account, "oE")
			dpo := as(t, store.Viewer{Name: "dpo", Role: store.RoleCompliance, Reach: store.ReachAll})
			for field, want := range map[string]string{"mobile": phone, "licence_no": licence} {
				if v, err := s.Unmask(dpo, id, field, "核对身份"); err != nil || v != want {
					t.Errorf("%s: %q, %v", field, v, err)
				}
			}
			rec, err := s.DoctorRecord(t.Context(), id)
			if err != nil || rec.Answers[1].Raw != "打 138****5678" || rec.Answers[0].Label != "110****0001" || !strings.Contains(string(rec.Journal[1].Event), "打 138****5678") {
				t.Errorf("record %+v, %v", rec.Answers, err)
			}
			if p, err := s.RebuildDoctor(t.Context(), id, store.Rebuilding{}); err != nil || len(p.Differences) != 0 {
				t.Errorf("rebuilding: %+v, %v", p, err)
			}
			v := record(t, s, verified.Doctor.ID).Doctor
			if v.VerifiedAt == 0 || v.ReverifyAt != v.VerifiedAt+store.ReverifyDefault.Milliseconds() {
				t.Errorf("verified at %d, again at %d", v.VerifiedAt, v.ReverifyAt)
			}
			if n, err := s.SecludeEarlier(t.Context()); err != nil || n != 2 {
				t.Errorf("once more: %d, %v", n, err) // what the finished job tells
			}
		})
	}
}

// TestProtectingGoesOn: a step that is broken off goes on where it was; other fields are a step of their own.
func TestProtectingGoesOn(t *testing.T) {
	o := store.Options{DataDir: t.TempDir()}
	clear := o
	clear.Protected = func() []string { return nil }
	s := storetest.Open(t, clear)
	for i := range 205 {
		commit(t, s, gives(fmt.Sprint("o", i), 1, "mobile", fmt.Sprint(13800000000+i), "好"))
	}
	ids, err := s.DoctorIDs(t.Context(), "", 300)
	if err != nil || len(ids) != 205 {
		t.Fatal(len(ids), err)
	}
	storetest.Exec(t, o, "UPDATE doctors SET sealed_key = x'00' || sealed_key WHERE id = '"+ids[203]+"'")
	fields := []string{"mobile"}
	o.Account, o.Secret, o.Protected = storetest.Account, storetest.Secret(), func() []string { return fields }
	again, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if _, err := again.SecludeEarlier(t.Context()); !errors.Is(err, store.ErrSealed) {
		t.Fatalf("a broken key: %v", err)
	}
	jobs, err := again.Jobs(t.Context(), "seclude", 5)
	if err != nil || len(jobs) != 1 || jobs[0].Status != store.JobRunning || jobs[0].Done != 200 || jobs[0].Position != ids[199] {
		t.Fatalf("left as %+v, %v", jobs, err)
	}
	storetest.Exec(t, o, "UPDATE doctors SET sealed_key = substr(sealed_key, 2) WHERE id = '"+ids[203]+"'")
	if n, err := again.SecludeEarlier(t.Context()); err != nil || n != 205 {
		t.Errorf("went on: %d, %v", n, err)
	}
	nowhere(t, o, "138000000", "138000001", "138000002")
	fields = []string{"mobile", "department"}
	if n, err := again.SecludeEarlier(t.Context()); err != nil || n != 0 {
		t.Errorf("another field: %d, %v", n, err)
	}
}
