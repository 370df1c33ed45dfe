package main

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/config"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// repRow is one rep with the territories he looks after.
type repRow struct {
	rep         store.Rep
	territories []store.Territory
}

func newImportReps(configFile *string) *cobra.Command {
	return &cobra.Command{
		Use: "reps FILE", Short: "reps with their filing and territories",
		Long: "Columns: userid (of WeCom) and name; filing_no, filing_until, active and territories may follow. A rep without a filing that is valid today gets\n" +
			"no lead. Territories are separated by semicolons: hospital:ID or the hospital's name, province:NAME, or all.",
		Example: "  printf 'userid,name,filing_no,filing_until,territories\\nlilei,Li Lei,R-001,2027-12-31,province:Zhejiang;hospital:pumch\\n' > reps.csv\n" +
			"  vrep import reps reps.csv --config vrep.yaml",
		Args: args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			return withConfigured(c, *configFile, func(cfg *config.Config, st *store.Store) error {
				s, err := readSheet(a[0], []string{"userid", "name"}, []string{"filing_no", "filing_until", "active", "territories"})
				if err != nil {
					return err
				}
				rows := s.reps(cfg, hospitalNames(cfg))
				if err := s.finish(c.OutOrStdout()); err != nil {
					return err
				}
				return saveReps(c, st, rows)
			})
		},
	}
}

func saveReps(c *cobra.Command, st *store.Store, rows []repRow) error {
	for _, r := range rows {
		if err := st.SaveRep(c.Context(), r.rep); err != nil {
			return fmt.Errorf("writing rep %s: %w", r.rep.UserID, err)
		}
		if err := st.SetTerritories(c.Context(), r.rep.UserID, r.territories); err != nil {
			return fmt.Errorf("writing territories of %s: %w", r.rep.UserID, err)
		}
	}
	_, err := fmt.Fprintf(c.OutOrStdout(), "%d rep(s) written\n", len(rows))
	return err
}

// hospitalNames gives the id of each hospital of the look-up list by id and by name.
func hospitalNames(cfg *config.Config) map[string]string {
	names := map[string]string{}
	lib, _ := flows.Load(flowsFS(cfg))
	if lib == nil {
		return names
	}
	if list := lib.Lists()["hospitals"]; list != nil {
		for _, item := range list.Items {
			names[item.Code], names[item.Label] = item.Code, item.Code
		}
	}
	return names
}

func (s *sheet) reps(cfg *config.Config, hospitals map[string]string) []repRow {
	var out []repRow
	seen := map[string]bool{}
	for _, r := range s.rows {
		one := repRow{rep: store.Rep{
			UserID: r.cells["userid"], Name: r.cells["name"], FilingNo: r.cells["filing_no"], FilingUntil: s.endOfDay(r, "filing_until", cfg.Zone),
		}}
		if one.rep.UserID == "" || one.rep.Name == "" {
			s.wrong(r, "userid and name must be filled")
		}
		if seen[one.rep.UserID] {
			s.wrong(r, "userid %s stands there twice", one.rep.UserID)
		}
		seen[one.rep.UserID] = true
		switch word := strings.ToLower(r.cells["active"]); {
		case slices.Contains(s.words.Yes, word):
			one.rep.Active = true
		case !slices.Contains(s.words.No, word):
			s.wrong(r, "active is %q, neither yes nor no", word)
		}
		one.territories = s.territories(r, hospitals)
		out = append(out, one)
	}
	return out
}

func (s *sheet) territories(r row, hospitals map[string]string) []store.Territory {
	var out []store.Territory
	split := func(c rune) bool { return c == ';' || c == '\uff1b' || c == '\u3001' }
	for _, part := range strings.FieldsFunc(r.cells["territories"], split) {
		kind, value, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(part), "\uff1a", ":"), ":")
		t := store.Territory{Rep: r.cells["userid"], Value: strings.TrimSpace(value)}
		for code, words := range s.words.Kinds {
			if slices.Contains(words, strings.ToLower(strings.TrimSpace(kind))) {
				t.Kind = code
			}
		}
		if id := hospitals[strings.TrimSpace(part)]; t.Kind == "" && id != "" { // a hospital's name alone
			t.Kind, t.Value = "hospital", id
		}
		switch {
		case t.Kind == "":
			s.wrong(r, "territory %q is neither hospital:…, province:… nor all", part)
		case t.Kind == "hospital" && hospitals[t.Value] == "":
			s.wrong(r, "hospital %q is not in lists/hospitals.yaml", t.Value)
		case t.Kind == "hospital":
			t.Value = hospitals[t.Value]
		case t.Kind == "province" && t.Value == "":
			s.wrong(r, "territory %q names no province", part)
		}
		out = append(out, t)
	}
	return out
}

func newImportInvites(configFile *string) *cobra.Command {
	return &cobra.Command{
		Use: "invites FILE", Short: "invitation codes that verify doctors",
		Long: "Columns: note; code, uses and until may follow. An empty code is drawn and printed. A code that exists is left as it is.",
		Example: "  printf 'note,uses,until\\nspring meeting,100,2027-03-31\\n' > invites.csv\n" +
			"  vrep import invites invites.csv --config vrep.yaml",
		Args: args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			return withConfigured(c, *configFile, func(cfg *config.Config, st *store.Store) error {
				s, err := readSheet(a[0], []string{"note"}, []string{"code", "uses", "until"})
				if err != nil {
					return err
				}
				rows := s.invites(cfg)
				if err := s.finish(c.OutOrStdout()); err != nil {
					return err
				}
				for _, one := range rows {
					if err := st.AddInvite(c.Context(), one); err != nil {
						return fmt.Errorf("writing an invitation code: %w", err)
					}
					fmt.Fprintf(c.OutOrStdout(), "%s  %s (%d use(s))\n", one.Code, one.Note, one.MaxUses)
				}
				return nil
			})
		},
	}
}

func (s *sheet) invites(cfg *config.Config) []store.Invite {
	var out []store.Invite
	for _, r := range s.rows {
		one := store.Invite{Code: strings.ToUpper(r.cells["code"]), Note: r.cells["note"], MaxUses: 1, ExpiresAt: s.endOfDay(r, "until", cfg.Zone)}
		if text := r.cells["uses"]; text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 {
				s.wrong(r, "uses is %q, not a whole number from 1", text)
			}
			one.MaxUses = n
		}
		switch {
		case one.Code == "":
			one.Code = drawCode()
		case len(one.Code) != 6 || strings.Trim(one.Code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
			s.wrong(r, "code %q must be 6 letters or digits", one.Code)
		}
		out = append(out, one)
	}
	return out
}

// drawCode draws six letters and digits that nobody mixes up when reading them aloud.
func drawCode() string { return rand.Text()[:6] }
