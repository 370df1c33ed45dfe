package store_test

import (
	"fmt"
	"testing"

	"go.uber.org/goleak"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newTurn is a small turn of the doctor with this openid: a journal row, an answer with its portrait value, and a reply.
func newTurn(openID string, seq int64, key string) *store.Turn {
	id := store.DoctorID(storetest.Account, openID)
	return &store.Turn{
		Journal: store.Journal{
			Conversation: id, Seq: seq, MessageKey: key, Kind: "text", Event: []byte(`{"text":"肾内科"}`), State: fmt.Appendf(nil, `{"turn":%d}`, seq),
			Reply: fmt.Appendf(nil, `{"text":"第%d句"}`, seq), Flow: "first_visit", FlowHash: "h1", SentAt: 1000 * seq,
		},
		Doctor: store.Doctor{ID: id, OpenID: openID, Name: "张医生", Phase: store.PhaseAsking, Followed: true},
		Answers: []store.Answer{{
			Conversation: id, Seq: seq, Talk: 1, Flow: "first_visit", FlowHash: "h1", Question: fmt.Sprintf("q%d", seq), Asked: "您在哪个科室？",
			Value: `"nephrology"`, Label: "肾内科", Raw: "肾内科😀", How: "label", At: 1000 * seq,
		}},
		Portrait: []store.PortraitValue{{Doctor: id, Field: "department", Value: `"nephrology"`, Label: "肾内科", Source: store.SourceAnswer, At: 1000 * seq}},
	}
}

// effect is a text to the doctor of the turn.
func effect(t *store.Turn, n int) store.Effect {
	return store.Effect{
		Key: fmt.Sprintf("%s:%d:%d", t.Journal.Conversation, t.Journal.Seq, n), Lane: store.DoctorLane(t.Doctor.ID), Kind: store.KindText,
		Body: []byte(`{"openid":"o","text":"您好"}`),
	}
}

func commit(t *testing.T, s *store.Store, turn *store.Turn) store.Committed {
	t.Helper()
	c, err := s.CommitTurn(t.Context(), turn)
	if err != nil {
		t.Fatalf("committing turn %d: %v", turn.Journal.Seq, err)
	}
	return c
}

// count counts the rows of a record that meet the condition.
func count(t *testing.T, s *store.Store, record any, where string, args ...any) int64 {
	t.Helper()
	var n int64
	if err := s.DB(t.Context()).Model(record).Where(where, args...).Count(&n).Error; err != nil {
		t.Fatalf("counting: %v", err)
	}
	return n
}
