package store_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// TestErasedWordsAreOverwritten: among turns of all sizes by many doctors, the bytes of who was erased are in no file any more, whatever pages they lay on.
func TestErasedWordsAreOverwritten(t *testing.T) {
	at := store.Options{DataDir: t.TempDir()}
	s := storetest.Open(t, at)
	r := rand.New(rand.NewSource(1))
	seq := map[int]int64{}
	for n := range 700 {
		d := r.Intn(12)
		seq[d]++
		turn := newTurn(fmt.Sprint("o", d, "-open"), seq[d], fmt.Sprint("m", n))
		word := fmt.Sprintf("CANARY%03d-", d)
		turn.Journal.Event = []byte(strings.Repeat(word, r.Intn(100)))
		turn.Journal.State = []byte(strings.Repeat(word, r.Intn(600)))
		turn.Journal.Reply = []byte(strings.Repeat(word, r.Intn(60)))
		for i := range turn.Answers {
			turn.Answers[i].Raw = strings.Repeat(word, 1+r.Intn(5))
		}
		turn.Doctor.Name = word
		if f, err := s.LoadDoctor(t.Context(), turn.Doctor.ID); err == nil {
			turn.Doctor.Version = f.Version
		}
		commit(t, s, turn)
		if r.Intn(40) == 0 {
			e, err := s.Erase(t.Context(), turn.Doctor.ID, store.EraseRequest)
			if err != nil {
				t.Fatal(err)
			}
			seq[d]++
			finish(t, s, e)
			for name, b := range storetest.DumpFiles(t, at.DataDir) {
				if i := strings.Index(b, word); i >= 0 {
					t.Errorf("turn %d: %s holds %s %d times, first at %d", n, name, word, strings.Count(b, word), i)
				}
			}
		}
	}
}
