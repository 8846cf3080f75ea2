// Judges PDF files with the engine and the profiles of veraPDF, all of them in one run.
// Usage: java Judge.java PROFILE[,PROFILE...] FILE...   with profiles such as ua1 and 3a.
// Prints, separated by tabs:  judged  FILE  PROFILE  CHECKS  true|false
// and for each rule that failed:  failed  FILE  PROFILE  RULE  HOW OFTEN  WHY  WHERE FIRST
// Ends with 0 when it could judge everything, whatever it found.
import java.io.File;
import java.util.HashMap;
import java.util.Map;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.RuleId;

public class Judge {
    public static void main(String[] given) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (int place = 1; place < given.length; place++)
            for (String profile : given[0].split(","))
                judge(given[place], profile);
    }

    private static void judge(String file, String profile) throws Exception {
        PDFAFlavour flavour = PDFAFlavour.fromString(profile);
        try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(file), flavour, flavour);
             PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult found = validator.validate(parser);
            say("judged", file, profile, found.getTotalAssertions(), found.isCompliant());
            Map<RuleId, TestAssertion> first = new HashMap<>();
            for (TestAssertion one : found.getTestAssertions())
                if (one.getStatus() == TestAssertion.Status.FAILED)
                    first.putIfAbsent(one.getRuleId(), one);
            for (Map.Entry<RuleId, Integer> failed : found.getFailedChecks().entrySet()) {
                RuleId rule = failed.getKey();
                TestAssertion one = first.get(rule);
                say("failed", file, profile, rule.getClause() + "-" + rule.getTestNumber(), failed.getValue(),
                    one == null ? "" : one.getMessage(), one == null ? "" : one.getLocation().getContext());
            }
        }
    }

    private static void say(Object... parts) {
        StringBuilder line = new StringBuilder();
        for (Object part : parts)
            line.append(line.length() == 0 ? "" : "\t").append(String.valueOf(part).replaceAll("\\s+", " "));
        System.out.println(line);
    }
}
