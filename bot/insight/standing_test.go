package insight

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vrep/vrep/store"
)

// TestS2_11_NothingLeaks: where a doctor stood at a day is the same whether it is asked on that day or long afterwards, whatever has happened since, a new
// beginning included.
func TestS2_11_NothingLeaks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := int64(rapid.IntRange(10, 60).Draw(t, "day"))
		clock := func(n int64) time.Time { return time.UnixMilli(n * 1000) }
		class, grade := rapid.SampledFrom([]string{"A", "B", "C", "D", "U"}), rapid.SampledFrom([]string{"hot", "warm", "cold", "watch"})
		status := rapid.SampledFrom([]string{store.SuperNear, store.SuperCandidate, store.SuperConfirmed, store.SuperDropped})
		past := store.Past{Facets: store.Facets{Since: 1000 * int64(rapid.IntRange(1, 20).Draw(t, "since")), Class: class.Draw(t, "class"), LeadGrade: grade.Draw(t, "grade")}}
		move := func(at int64) {
			change := func(kind, product, was, is string) {
				if was != is {
					past.Changes = append(past.Changes, store.Change{Kind: kind, Product: product, Before: was, After: is, At: at})
				}
			}
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				is := class.Draw(t, "class")
				change(store.ChangeClass, "p", past.Facets.Class, is)
				past.Facets.Class = is
			case 1:
				is := grade.Draw(t, "grade")
				change(store.ChangeGrade, "", past.Facets.LeadGrade, is)
				past.Facets.LeadGrade = is
			default:
				past.Moves = append(past.Moves, store.SuperMove{Product: rapid.SampledFrom([]string{"p", "q"}).Draw(t, "product"), Status: status.Draw(t, "status"), At: at, N: at})
			}
		}
		at := past.Facets.Since
		for range rapid.IntRange(0, 6).Draw(t, "before") {
			if at += int64(rapid.IntRange(1, 9000).Draw(t, "gap")); at >= day*1000 {
				break
			}
			move(at)
		}
		then := tiersAt(&past, "p", clock(day))
		if past.Facets.Since >= day*1000 && len(then) > 0 {
			t.Fatalf("somebody of whom nothing was known stood at %v", then)
		}
		at = day * 1000
		for range rapid.IntRange(0, 6).Draw(t, "after") {
			at += int64(rapid.IntRange(1, 9000).Draw(t, "gap"))
			move(at)
		}
		if diff := cmp.Diff(then, tiersAt(&past, "p", clock(day))); diff != "" {
			t.Fatalf("what happened afterwards changed the day (-then +now):\n%s", diff)
		}
		past.Facets.Since = at + 1 // forgotten, and derived anew: of the day nothing is known
		if again := tiersAt(&past, "p", clock(day)); len(again) > 0 {
			t.Fatalf("a new beginning tells of a day before: %v", again)
		}
	})
}
