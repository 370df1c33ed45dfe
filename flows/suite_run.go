package flows

import (
	"io/fs"
	"regexp"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vrep/vrep/flows/cond"
	"github.com/vrep/vrep/flows/lint"
)

// TestOptions set what the files do not say.
type TestOptions struct {
	Now      time.Time             // clock of cases without now, in the zone of the account
	Run      *regexp.Regexp        // only cases whose name matches; nil = all
	File     string                // only this test file, such as tests/coffee.test.yaml; "" = all
	Flow     string                // only the files that test this flow; "" = all
	Doctors  int                   // run each case with so many doctors, whose shuffles and splits differ; 0 = 1
	Cover    bool                  // name what no case came past, as warnings
	Update   bool                  // take exact texts (bot: =…) from the flows: they land in Report.Updated instead of failing
	Progress func(done, total int) // called as cases finish, from one goroutine at a time; nil = not
}

// part tells that not all files are run.
func (opt *TestOptions) part() bool { return opt.File != "" || opt.Flow != "" }

// suite is one run of all test files of a folder.
type suite struct {
	lib   *Library
	opt   TestOptions
	sink  *lint.Sink
	files []*testFile
	old   *editions

	mu    sync.Mutex
	twins map[*Library]*Library // the same library, loaded afresh, both ways
}

// job is one case to run.
type job struct {
	f *testFile
	c *testCase
}

// RunTests runs tests/*.test.yaml of a folder against its library, without network and on a clock of its own. Cases run side by side; the report is the
// same every time.
func RunTests(fsys fs.FS, lib *Library, opt TestOptions) Report {
	s := &suite{lib: lib, opt: opt, sink: &lint.Sink{}, old: newEditions(fsys, lib), twins: map[*Library]*Library{}}
	names, _ := fs.Glob(fsys, testsDir+"*"+testEnd)
	r := Report{}
	for _, name := range names {
		if opt.File != "" && name != opt.File {
			continue
		}
		if read, broken := s.read(fsys, name); read {
			r.Files++
			r.Failed += broken
		}
	}
	var jobs []job
	for _, f := range s.files {
		for _, c := range f.cases {
			if opt.Run == nil || opt.Run.MatchString(c.name) {
				jobs = append(jobs, job{f, c})
			}
		}
	}
	results, edits := s.run(jobs)
	all := newCoverage(lib)
	for i, j := range jobs {
		res := &results[i]
		r.Cases++
		if !res.OK() {
			r.Failed++
		}
		s.sink.All = append(s.sink.All, res.Problems...)
		j.f.passed.merge(res.keys)
		all.merge(res.keys)
	}
	if opt.part() { // the other flows are not looked at
		tested := s.tested()
		all.Items = slices.DeleteFunc(all.Items, func(it CoverItem) bool { return !tested[it.Flow] })
	}
	r.Results, r.Coverage = results, all
	if opt.Run == nil {
		s.cover(all)
	}
	if r.Files == 0 {
		s.sink.Add(lint.NewFile("tests", nil), 1, 1, 1, "no_tests")
	}
	r.Problems = s.sink.All
	if opt.Update {
		r.Updated = rewrite(fsys, edits, s.sink)
		r.Problems = s.sink.All
	}
	return r
}

// twin is a library loaded afresh from the same files.
func (s *suite) twin(lib *Library) *Library {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.twins[lib] == nil {
		fresh, _ := loadFiles(lib.files, lib.partial)
		s.twins[lib], s.twins[fresh] = fresh, lib
	}
	return s.twins[lib]
}

// read takes the cases of one file; false when it is about another flow than the one wanted. A file with mistakes of its own counts as one failure.
func (s *suite) read(fsys fs.FS, name string) (wanted bool, failures int) {
	found := &lint.Sink{}
	f := s.file(fsys, name, found)
	if s.opt.Flow != "" && (f == nil || f.flow != s.opt.Flow) && name != testFileOf(s.opt.Flow) {
		return false, 0
	}
	s.sink.All = append(s.sink.All, found.All...)
	if len(lint.Errors(found.All)) > 0 {
		failures = 1
	}
	if f != nil && s.lib.flows[f.flow] != nil {
		f.passed = newCoverage(s.lib)
		s.files = append(s.files, f)
	}
	return true, failures
}

// testFileOf is where the cases of a flow belong.
func testFileOf(flow string) string { return testsDir + flow + testEnd }

// file reads one file; nil when it cannot be used at all.
func (s *suite) file(fsys fs.FS, name string, found *lint.Sink) *testFile {
	data, err := readFile(fsys, name)
	if err != nil {
		found.Add(lint.NewFile(name, nil), 1, 1, 1, "unreadable", "error", err.Error())
		return nil
	}
	b, root := s.lib.fileBinder(name, data, found)
	if root == nil {
		return nil
	}
	f := b.readTests(root, s.opt.Now.Location(), s.opt.Now)
	if s.lib.flows[f.flow] == nil {
		found.Add(b.file, 1, 1, 1, "unknown_flow", "name", f.flow, "near", cond.Nearest(f.flow, s.lib.flowNames()))
	}
	return f
}

// run runs the jobs on all processors; results stand in the order of the jobs.
func (s *suite) run(jobs []job) ([]CaseResult, []edit) {
	results, edits := make([]CaseResult, len(jobs)), make([][]edit, len(jobs))
	var next, done atomic.Int64
	var progress sync.Mutex
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(jobs)) {
		group.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(jobs) {
					return
				}
				results[i], edits[i] = s.one(jobs[i])
				if s.opt.Progress != nil {
					progress.Lock()
					s.opt.Progress(int(done.Add(1)), len(jobs))
					progress.Unlock()
				}
			}
		})
	}
	group.Wait()
	return results, slices.Concat(edits...)
}

// one runs a case with each of its doctors, until one of them fails.
func (s *suite) one(j job) (CaseResult, []edit) {
	res := CaseResult{File: j.c.at.file.Name, Line: j.c.at.line, Name: j.c.name, Flow: j.f.flow, keys: map[coverKey]bool{}}
	var edits []edit
	for i := range max(s.opt.Doctors, 1) {
		r := s.newRun(j, i)
		r.keys = res.keys
		r.play()
		if i == 0 {
			edits = r.edits
		}
		res.Problems, res.Talk = r.sink.All, r.talk
		if r.failed {
			res.Failed = true
			break
		}
	}
	return res, edits
}
