import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Reads file names from standard input; answers one line per violation and "=" after each file. */
public final class Check {
    public static void main(String[] arguments) throws Exception {
        LogManager.getLogManager().reset();
        Logger.getLogger("").setLevel(Level.OFF);
        PrintStream answers = new PrintStream(System.out, true, "UTF-8");
        System.setOut(new PrintStream(System.err, true, "UTF-8"));
        VeraGreenfieldFoundryProvider.initialise();
        PDFAFlavour flavour = PDFAFlavour.fromString(arguments.length > 0 ? arguments[0] : "2b");
        BufferedReader names = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String name = names.readLine(); name != null; name = names.readLine()) {
            try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(name), flavour);
                    PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
                ValidationResult result = validator.validate(parser);
                for (TestAssertion found : result.getTestAssertions()) {
                    if (found.getStatus() == TestAssertion.Status.FAILED) {
                        answers.println(line(found));
                    }
                }
            } catch (Exception error) {
                answers.println(("not parsed: " + error).replace('\n', ' '));
            }
            answers.println("=");
        }
    }

    private static String line(TestAssertion found) {
        String text = found.getRuleId().getClause() + " test " + found.getRuleId().getTestNumber() + ": " + found.getMessage()
            + " [" + found.getLocation().getContext() + "]";
        return text.replace('\n', ' ').replace('\r', ' ');
    }
}
