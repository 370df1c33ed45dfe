// Package convert turns questionnaires of other systems (XLSForm, SurveyJS) into a flow file and names what it had to drop.
//
// It refuses to know the engine: it reads a foreign file and writes YAML text.
package convert
