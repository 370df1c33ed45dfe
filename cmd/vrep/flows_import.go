package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/flows/convert"
	"github.com/vrep/vrep/flows/lint"
)

// importApproval is how long the placeholder approval of an imported flow holds: long enough to review it.
const importApproval = 90 * 24 * time.Hour

func newFlowsImport() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use: "import xlsform|surveyjs FILE", Short: "turn a questionnaire of another system into a flow",
		Long:    "Reads an XLSForm spreadsheet or the JSON of a SurveyJS form and writes a flow; what has no counterpart is named on standard error.",
		Example: "  vrep flows import xlsform survey.xlsx -o survey.yaml\n  vrep flows import surveyjs survey.json > survey.yaml",
		Args:    args(cobra.ExactArgs(2)),
		RunE: func(c *cobra.Command, a []string) error {
			read := map[string]func([]byte, time.Time) (convert.Result, error){"xlsform": convert.XLSForm, "surveyjs": convert.SurveyJS}[a[0]]
			if read == nil {
				return usageError{fmt.Errorf("flows import reads xlsform or surveyjs, not %q", a[0])}
			}
			data, err := readUpTo(a[1], convert.MaxFile)
			if err != nil {
				return err
			}
			res, err := read(data, time.Now().Add(importApproval))
			if errors.Is(err, convert.ErrUnreadable) {
				fmt.Fprintln(c.ErrOrStderr(), err)
				return errFindings
			}
			if err != nil {
				return err
			}
			for _, line := range res.Dropped {
				fmt.Fprintln(c.ErrOrStderr(), line)
			}
			return writeImport(c, out, res)
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "file to write instead of standard output; it must not exist")
	return c
}

// readUpTo reads a file that is not larger than a limit, in bytes.
func readUpTo(name string, limit int64) ([]byte, error) {
	st, err := os.Stat(name)
	if err != nil {
		return nil, usageError{fmt.Errorf("reading the questionnaire: %w", err)}
	}
	if st.IsDir() || st.Size() > limit {
		return nil, usageError{fmt.Errorf("%s is no file of at most %d MB", name, limit>>20)}
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading the questionnaire: %w", err)
	}
	return data, nil
}

func writeImport(c *cobra.Command, out string, res convert.Result) error {
	if out != "" {
		res.YAML = convert.Rename(res.YAML, res.ID, filepath.Base(out))
	}
	if laid, err := lint.Format(res.YAML); err == nil { // what cannot be laid out is for lint to explain
		res.YAML = laid
	}
	if out != "" {
		if _, err := os.Stat(out); err == nil {
			return usageError{fmt.Errorf("%s exists; name another file", out)}
		}
	}
	return writeOut(c, out, res.YAML)
}
