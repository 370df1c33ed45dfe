package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// person is the context of somebody of the house.
func person(t *testing.T, name, role string) context.Context {
	t.Helper()
	return store.As(t.Context(), store.Viewer{Name: name, Role: role, Reach: store.ReachAll})
}

// quoting is a doctor's talk about being quoted: words offered, and agreed to.
func quoting(t *testing.T, s *store.Store, openID, words string) (doctor, id string) {
	t.Helper()
	id = "quote-" + openID
	turn := newTurn(openID, 1, openID+"-1")
	turn.Quotes = []store.Quote{{ID: id, Flow: "community", Topic: "service", Words: words}}
	commit(t, s, turn)
	turn = newTurn(openID, 2, openID+"-2")
	turn.Consents = []store.Consent{{Conversation: turn.Doctor.ID, Seq: 2, Purpose: store.PurposeQuote, Policy: "p1", Granted: true, At: s.Now()}}
	turn.Signs = []store.QuoteSign{{ID: id, Signature: store.SignName, Policy: "p1"}}
	commit(t, s, turn)
	return turn.Doctor.ID, id
}

func oneQuote(t *testing.T, s *store.Store, doctor string) store.QuoteRow {
	t.Helper()
	rows, err := s.QuotesOf(t.Context(), doctor)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d quotes, %v", len(rows), err)
	}
	return rows[0]
}

// Words stand in the database under the doctor's key only, approved ones too; who asked does not approve; erasing leaves nothing; forgetting leaves nothing.
func TestQuotesAreSealedAndEnd(t *testing.T) {
	places(t, func(t *testing.T, s *store.Store, at store.Options) {
		const words = "secretpraise said twice"
		doctor, id := quoting(t, s, "oQ", words)
		approve := store.QuoteApproval{ID: id, Text: "secretpraise", Number: "N-1", Until: s.Now() + time.Hour.Milliseconds()}
		if err := s.ApproveQuote(person(t, "m", store.RoleMedical), approve); err != nil {
			t.Fatal(err)
		}
		if q := oneQuote(t, s, doctor); q.Words != words || q.Approved != "secretpraise" || q.Status != store.QuoteApproved || q.Name != "张医生" || q.DecidedBy != "m" {
			t.Errorf("approved: %+v", q)
		}
		for table, rows := range storetest.Dump(t, at) {
			for _, row := range rows {
				if strings.Contains(row, "secretpraise") {
					t.Errorf("%s holds the words in clear", table)
				}
			}
		}
		erased(t, s, doctor, store.EraseRequest)
		if rows, err := s.QuotesOf(t.Context(), doctor); err != nil || len(rows) != 0 {
			t.Errorf("after erasing: %+v, %v", rows, err)
		}
		doctor, _ = quoting(t, s, "oF", words)
		gone := newTurn("oF", 3, "oF-3")
		gone.Blank, gone.Answers, gone.Portrait = 1, nil, nil
		commit(t, s, gone)
		if rows, err := s.QuotesOf(t.Context(), doctor); err != nil || len(rows) != 0 {
			t.Errorf("after forgetting: %+v, %v", rows, err)
		}
	})
}

// An approval that has ended is read as ended, and nobody uses it.
func TestQuoteExpires(t *testing.T) {
	now := time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC)
	s := storetest.Open(t, store.Options{DataDir: t.TempDir(), Now: func() time.Time { return now }})
	doctor, id := quoting(t, s, "oQ", "fast and exact")
	if err := s.ApproveQuote(t.Context(), store.QuoteApproval{ID: id, Text: "fast and exact", Number: "N-1", Until: s.Now() + 1000}); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	if q := oneQuote(t, s, doctor); q.Status != store.QuoteExpired {
		t.Errorf("status %s", q.Status)
	}
	if err := s.UseQuote(t.Context(), id, "a slide"); !errors.Is(err, store.ErrMoved) {
		t.Errorf("using it: %v", err)
	}
	if rows, err := s.Quotes(t.Context(), store.QuoteExpired); err != nil || len(rows) != 1 || rows[0].Doctor != "" {
		t.Errorf("the library: %+v, %v", rows, err)
	}
}

// A rep's wish to quote an answer is a planned push with the flow; the words stay sealed in the quote. Who asked does not approve, and a doctor who said no is
// left in peace.
func TestAskQuote(t *testing.T) {
	places(t, func(t *testing.T, s *store.Store, _ store.Options) {
		turn := newTurn("oA", 1, "a1")
		commit(t, s, turn)
		doctor := turn.Doctor.ID
		rep := person(t, "lilei", store.RoleManager)
		q, err := s.AskQuote(rep, doctor, doctor+":1:0", "service")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.AskQuote(rep, doctor, doctor+":1:0", "service"); !errors.Is(err, store.ErrMoved) {
			t.Errorf("asked twice: %v", err)
		}
		if _, err := s.AskQuote(rep, doctor, doctor+":9:0", "service"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an answer that is not there: %v", err)
		}
		due, err := s.DuePushes(t.Context(), 10)
		if err != nil || len(due) != 1 || due[0].Flow != store.FlowQuote || due[0].Inputs != fmt.Sprintf(`{"quote":%q}`, q.ID) {
			t.Errorf("planned: %+v, %v", due, err)
		}
		if words, err := s.QuoteWords(t.Context(), doctor, q.ID); err != nil || words != "肾内科😀" {
			t.Errorf("words %q, %v", words, err)
		}
		if words, err := s.QuoteWords(t.Context(), "somebody else", q.ID); err != nil || words != "" {
			t.Errorf("words for another: %q, %v", words, err)
		}
		yes := newTurn("oA", 2, "a2")
		yes.Consents = []store.Consent{{Conversation: doctor, Seq: 2, Purpose: store.PurposeQuote, Granted: true, At: s.Now()}}
		yes.Signs = []store.QuoteSign{{ID: q.ID, Signature: store.SignNone}}
		commit(t, s, yes)
		approve := store.QuoteApproval{ID: q.ID, Text: "肾内科😀", Number: "N", Until: s.Now() + 1000}
		if err := s.ApproveQuote(rep, approve); !errors.Is(err, store.ErrSamePerson) {
			t.Errorf("approved by who asked: %v", err)
		}
		no := newTurn("oA", 3, "a3")
		no.Consents = []store.Consent{{Conversation: doctor, Seq: 3, Purpose: store.PurposeQuote, At: s.Now()}}
		commit(t, s, no)
		if err := s.ApproveQuote(person(t, "m", store.RoleMedical), approve); !errors.Is(err, store.ErrMoved) {
			t.Errorf("approved after it was taken back: %v", err)
		}
		if _, err := s.AskQuote(rep, doctor, doctor+":2:0", "service"); !errors.Is(err, store.ErrMoved) {
			t.Errorf("asked again after a no: %v", err)
		}
	})
}

// Whatever is left out of words, in whatever places, is shortened; a sign added, or parts that changed places, are not.
func TestShortened(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.StringOfN(rapid.RuneFrom([]rune("资料给得准回也快abcde")), 8, 40, -1).Draw(t, "words")
		runes := []rune(words)
		var text strings.Builder
		kept, open := 0, false
		for _, r := range runes {
			if rapid.Bool().Draw(t, "keep") {
				text.WriteRune(r)
				kept, open = kept+1, false
				continue
			}
			if !open {
				text.WriteString("……")
				open = true
			}
		}
		if got := store.Shortened(words, text.String()); got != (kept >= 4) {
			t.Fatalf("%q of %q: %v", text.String(), words, got)
		}
		at := rapid.IntRange(0, len(runes)).Draw(t, "at")
		if changed := string(runes[:at]) + "Z" + string(runes[at:]); store.Shortened(words, changed) {
			t.Fatalf("%q is not in %q", changed, words)
		}
	})
	if store.Shortened("先说一，再说二", "再说二……先说一") {
		t.Error("parts changed places")
	}
}
