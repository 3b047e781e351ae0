package sohoa.conformance;

import eu.europa.esig.dss.enumerations.Indication;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonCertificateSource;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * EU DSS over a folder, offline: prints a line for each file with the indications of its signatures.
 *
 * Arguments: folder of trust (root-*.der, between-*.der, list-*.crl), folder of PDFs. Line: name, TAB, then for each signature
 * `field=INDICATION/SUB`, and `timestamp=...` for each document time-stamp; `!` and the error where DSS refuses a file.
 */
public final class Judge {
    private Judge() {}

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        CommonCertificateVerifier verifier = verifier(new File(args[0]));
        for (Path path : listed(Path.of(args[1]), ".pdf")) {
            out.println(path.getFileName() + "\t" + judged(path, verifier));
        }
    }

    private static List<Path> listed(Path folder, String end) throws Exception {
        try (Stream<Path> found = Files.list(folder)) {
            return found.filter(one -> one.toString().endsWith(end)).sorted().toList();
        }
    }

    private static CommonCertificateVerifier verifier(File folder) throws Exception {
        CommonTrustedCertificateSource roots = new CommonTrustedCertificateSource();
        CommonCertificateSource between = new CommonCertificateSource();
        List<InputStream> lists = new ArrayList<>();
        for (Path path : listed(folder.toPath(), ".der")) {
            CertificateToken token = DSSUtils.loadCertificate(path.toFile());
            (path.getFileName().toString().startsWith("root") ? roots : between).addCertificate(token);
        }
        for (Path path : listed(folder.toPath(), ".crl")) {
            lists.add(Files.newInputStream(path));
        }
        CommonCertificateVerifier verifier = new CommonCertificateVerifier();
        verifier.setTrustedCertSources(roots);
        verifier.setAdjunctCertSources(between);
        verifier.setCrlSource(new ExternalResourcesCRLSource(lists.toArray(new InputStream[0])));
        return verifier;
    }

    /** DSS's own policy; a missing claimed time is told, changes of a signed document fail. */
    private static InputStream policy() throws Exception {
        try (InputStream in = Judge.class.getResourceAsStream("/policy/constraint.xml")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String name : List.of("SigningTime")) {
                text = text.replaceAll("<" + name + " Level=\"\\w+\"", "<" + name + " Level=\"WARN\"");
            }
            for (String name : List.of("PdfPageDifference", "PdfAnnotationOverlap", "PdfVisualDifference", "UndefinedChanges")) {
                text = text.replaceAll("<" + name + " Level=\"\\w+\"", "<" + name + " Level=\"FAIL\"");
            }
            return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String judged(Path path, CommonCertificateVerifier verifier) {
        try {
            SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new FileDocument(path.toFile()));
            validator.setCertificateVerifier(verifier);
            SimpleReport report = validator.validateDocument(policy()).getSimpleReport();
            List<String> told = new ArrayList<>();
            for (String id : report.getSignatureIdList()) {
                told.add("signature=" + told(report, id));
            }
            for (String id : report.getTimestampIdList()) {
                if (report.getSignatureIdList().isEmpty()) {
                    told.add("timestamp=" + told(report, id));
                }
            }
            return String.join(" ", told);
        } catch (Exception | StackOverflowError error) {
            return "!" + error.getClass().getSimpleName();
        }
    }

    private static String told(SimpleReport report, String id) {
        Indication indication = report.getIndication(id);
        return indication + "/" + (report.getSubIndication(id) == null ? "" : report.getSubIndication(id));
    }
}
