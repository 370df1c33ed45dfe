package author

import (
	"fmt"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/library"
	"testing"
)

func TestZZ(t *testing.T) {
	lib, _ := flows.Load(library.FS)
	for _, id := range []string{"first_visit", "ae_intake", "onboarding"} {
		sh := NewSheet(lib, lib.Flow(id))
		for _, l := range sh.Header {
			fmt.Println(l.Label, "=", l.Text)
		}
		for _, it := range sh.Items {
			fmt.Println("##", it.No, it.ID, it.Word)
			if it.When != nil {
				fmt.Println("  when", it.When.Text)
			}
			for _, l := range it.Lead {
				fmt.Println("  L", l.Label, "=", l.Text)
			}
			for _, r := range it.Rows {
				fmt.Print("    ", r.Mark, " ", r.Label.Text, " [")
				for _, l := range r.Lines {
					fmt.Print(l.Label, "=", l.Text, "; ")
				}
				fmt.Println("]")
			}
			for _, l := range it.Lines {
				fmt.Println("  ", l.Label, "=", l.Text)
			}
		}
	}
}
