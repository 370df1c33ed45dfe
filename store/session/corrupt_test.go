package session

import (
	"strings"
	"testing"
	"time"
)

// TestCorruptRecordIsAMiss puts what is not ours under the key of a conversation.
func TestCorruptRecordIsAMiss(t *testing.T) {
	s, err := Open(t.Context(), Options{Embedded: true, Account: "wx"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	key := s.recordKey("d")
	damage := map[string]func() error{
		"text": func() error { return s.client.Set(t.Context(), key, "{}", time.Hour).Err() },
		"truncated": func() error {
			return s.client.Set(t.Context(), key, encodeHead(5, []byte("state"))[:15], time.Hour).Err()
		},
		"newer": func() error { return s.client.Set(t.Context(), key, "\x02"+strings.Repeat("x", 40), time.Hour).Err() },
		"list":  func() error { return s.client.RPush(t.Context(), key, "x").Err() },
	}
	for name, spoil := range damage {
		if err := s.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		b, err := s.Begin(t.Context(), "d", "k")
		if err != nil || b.Status != Miss || b.Lease == "" {
			t.Errorf("%s: %+v, %v", name, b, err)
		}
		if err := s.Finish(t.Context(), "d", 1, []byte("fresh"), "k", nil, b.Lease); err != nil {
			t.Errorf("%s: finishing: %v", name, err)
		}
		if b, err := s.Begin(t.Context(), "d", "k2"); err != nil || b.Status != Fresh || string(b.Record.State) != "fresh" {
			t.Errorf("%s: afterwards %+v, %v", name, b, err)
		}
	}
}
