package insight

import (
	"testing"
	"time"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// A month that was counted while the clock ran ahead is counted again when it has come back.
func TestFiguresAfterAClockThatRanAhead(t *testing.T) {
	now := figuresNow
	s := storetest.SQLite(t, func(o *store.Options) { o.Now = func() time.Time { return now } })
	in := counting(t, s, &now)
	now = figuresNow.Add(48 * time.Hour)
	if _, err := in.CountFigures(t.Context()); err != nil {
		t.Fatal(err)
	}
	now = figuresNow
	if n, err := in.CountFigures(t.Context()); err != nil || n != 1 {
		t.Errorf("%d months counted again, %v", n, err)
	}
	if n, err := in.CountFigures(t.Context()); err != nil || n != 0 {
		t.Errorf("%d months counted a third time, %v", n, err)
	}
}
