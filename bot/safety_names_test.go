package bot

import (
	"testing"

	"github.com/vrep/vrep/flows/guard"
)

// TestNamesOfWhatIsHeard: whatever the guard can hear has a name of the store.
func TestNamesOfWhatIsHeard(t *testing.T) {
	for table, kinds := range map[string][]guard.Kind{
		"case": {guard.Event, guard.Special, guard.Quality}, "inquiry": {guard.Label, guard.Beyond, guard.Compare, guard.Advice},
		"flag": {guard.Benefit, guard.Count, guard.Complaint, "patient"},
	} {
		names := map[string]map[string]string{"case": caseKinds, "inquiry": inquiryKinds, "flag": flagKinds}[table]
		for _, k := range kinds {
			if names[string(k)] == "" {
				t.Errorf("%s %q has no name", table, k)
			}
		}
	}
}
