package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
)

// TestReadingCountsForTheReader: the seconds that a page tells count from 50 on, only grow, end at half an hour, and belong to the doctor of the link.
func TestReadingCountsForTheReader(t *testing.T) {
	s, e, links := newDoctorSite(t)
	id := s.doctor("o1", 2, nil)
	s.doctor("o2", 2, nil)
	path := strings.TrimPrefix(links.Address(id, "open", "e:1"), "http://vrep.test")
	b, other := s.browser(), s.browser()
	wantHas(t, b.enters(e, "o1", path), `data-read="`+path+`/read"`)
	wantNot(t, other.enters(e, "o2", path), "data-read")
	for _, told := range []struct {
		b       *browser
		seconds string
		code    int
	}{
		{b, "20", http.StatusNoContent}, {b, "55", http.StatusNoContent}, {b, "52", http.StatusNoContent}, {b, "99999", http.StatusNoContent},
		{b, "-1", http.StatusNotFound}, {b, "x", http.StatusNotFound}, {other, "300", http.StatusNotFound}, {s.browser(), "300", http.StatusNotFound},
	} {
		if a := told.b.post(path+"/read", "seconds", told.seconds); a.code != told.code {
			t.Errorf("%s seconds: %d, want %d", told.seconds, a.code, told.code)
		}
		if a := told.b.post("/r/forged/read", "seconds", told.seconds); a.code != http.StatusNotFound {
			t.Errorf("a forged link: %d", a.code)
		}
	}
	past, err := s.store.DoctorPast(t.Context(), id, 0)
	must(t, err)
	var kinds []string
	for _, d := range past.Behaviours {
		kinds = append(kinds, d.Kind)
		if d.Kind == store.DidRead && d.Amount != 1800 {
			t.Errorf("read %d seconds", d.Amount)
		}
	}
	if got := strings.Join(kinds, " "); got != "read open" && got != "open read" {
		t.Errorf("deeds %s", got)
	}
}
